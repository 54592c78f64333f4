-- One status for the several statements by which one response answers one ask.
CREATE MACRO base.join_statuses(statuses) AS
CASE
    WHEN len(statuses) = 1 THEN statuses[1]
    WHEN list_has_all(['accepted', 'accepted in principle'], statuses) THEN 'accepted in principle'
    WHEN list_has_any(['accepted', 'accepted in part', 'accepted in principle'], statuses) THEN 'accepted in part'
    WHEN list_contains(statuses, 'under consideration') THEN 'under consideration'
    WHEN list_contains(statuses, 'noted') THEN 'noted'
    ELSE 'rejected'
END;
COMMENT ON MACRO base.join_statuses IS 'Of a list of different statuses said in one response: accepted in part where one was accepted at all and not all were, else the most open.';
