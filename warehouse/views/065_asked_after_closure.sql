CREATE VIEW base.asked_after_closure AS
WITH reprinted AS (
    SELECT DISTINCT least(one.ask_id, other.ask_id) AS first_id, greatest(one.ask_id, other.ask_id) AS second_id
    FROM base.link
    JOIN base.recommendation AS one ON one.recommendation_id = link.earlier_id
    JOIN base.recommendation AS other ON other.recommendation_id = link.later_id
    WHERE link.link_type = 'republished' AND one.ask_id <> other.ask_id
),
pair AS (
    SELECT
        closed.common_id,
        closed.ask_id AS closed_id,
        closure.status AS closed_status,
        closure.closed_on,
        closure.said_by AS closed_by,
        later.ask_id AS later_id,
        least(closed.ask_id, later.ask_id) AS first_id,
        greatest(closed.ask_id, later.ask_id) AS second_id
    FROM base.ask AS closed
    JOIN base.closure USING (ask_id)
    JOIN base.ask AS later ON later.common_id = closed.common_id AND later.ask_id <> closed.ask_id
    WHERE closed.is_recurring AND later.is_recurring AND later.published > closure.closed_on
)
SELECT pair.* EXCLUDE (first_id, second_id)
FROM pair ANTI JOIN reprinted USING (first_id, second_id);
COMMENT ON VIEW base.asked_after_closure IS 'One row a status that accepted or closed an ask and a later ask for the same thing that is neither a reprint of it nor one act with it.';
COMMENT ON COLUMN base.asked_after_closure.common_id IS 'The common recommendation both are in.';
COMMENT ON COLUMN base.asked_after_closure.closed_id IS 'The ask that was accepted or closed.';
COMMENT ON COLUMN base.asked_after_closure.closed_status IS 'accepted, accepted in part, accepted in principle or done.';
COMMENT ON COLUMN base.asked_after_closure.closed_on IS 'The first day that was said.';
COMMENT ON COLUMN base.asked_after_closure.closed_by IS 'response or review.';
COMMENT ON COLUMN base.asked_after_closure.later_id IS 'The later ask.';
