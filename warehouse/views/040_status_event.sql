CREATE VIEW base.status_event AS
SELECT ask_id, status, answered_on AS dated, 'response' AS said_by, fetched_at AS recorded_at, recommendation_id AS event_id
FROM base.answer
WHERE status IS NOT NULL
UNION ALL
SELECT recommendation.ask_id, review.answer, review.reviewed_on, 'review', review.recorded_at, review.review_id
FROM base.review JOIN base.recommendation USING (recommendation_id)
WHERE review.question = 'status';
COMMENT ON VIEW base.status_event IS 'One row a dated status of an ask, said by a response or by a reviewer.';
COMMENT ON COLUMN base.status_event.ask_id IS 'The ask.';
COMMENT ON COLUMN base.status_event.status IS 'The status; a reviewer''s withdrawn takes back reviews before it.';
COMMENT ON COLUMN base.status_event.dated IS 'Day of the response or of the review; NULL: the response is undated.';
COMMENT ON COLUMN base.status_event.said_by IS 'response or review.';
COMMENT ON COLUMN base.status_event.recorded_at IS 'When this was known here, UTC.';
COMMENT ON COLUMN base.status_event.event_id IS 'Row or review it comes from.';
