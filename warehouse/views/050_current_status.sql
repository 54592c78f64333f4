CREATE VIEW base.current_status AS
WITH reviewed AS (
    SELECT ask_id, status, dated, said_by
    FROM base.status_event
    WHERE said_by = 'review'
    QUALIFY row_number() OVER (PARTITION BY ask_id ORDER BY recorded_at DESC, event_id DESC) = 1
),
answered AS (
    SELECT ask_id, status, dated, said_by
    FROM base.status_event
    WHERE said_by = 'response'
    QUALIFY row_number() OVER (PARTITION BY ask_id ORDER BY dated DESC NULLS LAST, recorded_at DESC, event_id DESC) = 1
)
SELECT ask_id, status, dated, said_by FROM reviewed WHERE status <> 'withdrawn'
UNION ALL
SELECT ask_id, status, dated, said_by FROM answered
ANTI JOIN (SELECT ask_id FROM reviewed WHERE status <> 'withdrawn') USING (ask_id);
COMMENT ON VIEW base.current_status IS 'The status of each ask as it stands: the last review, else the last dated response.';
COMMENT ON COLUMN base.current_status.ask_id IS 'The ask.';
COMMENT ON COLUMN base.current_status.status IS 'accepted, accepted in part, accepted in principle, under consideration, rejected, noted, done or not ours.';
COMMENT ON COLUMN base.current_status.dated IS 'Since when.';
COMMENT ON COLUMN base.current_status.said_by IS 'response or review.';
