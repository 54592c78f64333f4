CREATE VIEW base.current_status AS
WITH reviewed AS (
    SELECT ask_id, status, dated, said_by
    FROM base.status_event
    WHERE said_by = 'review'
    QUALIFY row_number() OVER (PARTITION BY ask_id ORDER BY recorded_at DESC, event_id DESC) = 1
),
-- A response may answer one ask statement by statement: all its statements are of one day and one fetch.
latest AS (
    SELECT ask_id, status, dated, said_by
    FROM base.status_event
    WHERE said_by = 'response'
    QUALIFY rank() OVER (PARTITION BY ask_id ORDER BY dated DESC NULLS LAST, recorded_at DESC) = 1
),
answered AS (
    SELECT ask_id, base.join_statuses(list(DISTINCT status)) AS status, any_value(dated) AS dated, any_value(said_by) AS said_by
    FROM latest GROUP BY ask_id
)
SELECT ask_id, status, dated, said_by FROM reviewed WHERE status <> 'withdrawn'
UNION ALL
SELECT ask_id, status, dated, said_by FROM answered
ANTI JOIN (SELECT ask_id FROM reviewed WHERE status <> 'withdrawn') USING (ask_id);
COMMENT ON VIEW base.current_status IS 'The status of each ask as it stands: the last review, else the last dated response.';
COMMENT ON COLUMN base.current_status.ask_id IS 'The ask.';
COMMENT ON COLUMN base.current_status.status IS 'accepted, accepted in part, accepted in principle, under consideration, rejected, noted, done or not ours. Statements of one response that differ give accepted in part where one of them was accepted at all.';
COMMENT ON COLUMN base.current_status.dated IS 'Since when.';
COMMENT ON COLUMN base.current_status.said_by IS 'response or review.';
