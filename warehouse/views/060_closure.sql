CREATE VIEW base.closure AS
SELECT event.ask_id, event.status, min(event.dated) AS closed_on, min(event.said_by) AS said_by
FROM base.status_event AS event
WHERE event.status IN ('accepted', 'accepted in part', 'accepted in principle', 'done')
  AND event.dated IS NOT NULL
  -- A review that was taken back, or replaced by another, closed nothing.
  AND (event.said_by = 'response' OR EXISTS (
        SELECT 1 FROM base.current_status AS now
        WHERE now.ask_id = event.ask_id AND now.said_by = 'review' AND now.status = event.status))
GROUP BY event.ask_id, event.status;
COMMENT ON VIEW base.closure IS 'One row an ask and a status that accepted or closed it, with the first day it did.';
COMMENT ON COLUMN base.closure.ask_id IS 'The ask.';
COMMENT ON COLUMN base.closure.status IS 'accepted, accepted in part, accepted in principle or done.';
COMMENT ON COLUMN base.closure.closed_on IS 'The first day it was said.';
COMMENT ON COLUMN base.closure.said_by IS 'response or review.';
