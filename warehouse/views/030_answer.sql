CREATE VIEW base.answer AS
SELECT
    recommendation.ask_id,
    recommendation.recommendation_id,
    recommendation.status,
    recommendation.status_text,
    recommendation.response_text,
    coalesce(recommendation.response_page, recommendation.page) AS response_page,
    document.sha256,
    document.title,
    document.url,
    document.source,
    document.published AS answered_on,
    document.fetched_at
FROM base.recommendation JOIN base.document USING (sha256)
WHERE recommendation.status IS NOT NULL OR recommendation.response_text IS NOT NULL;
COMMENT ON VIEW base.answer IS 'One row an answer to an ask, printed beside it or in a response that restates it.';
COMMENT ON COLUMN base.answer.ask_id IS 'The ask answered.';
COMMENT ON COLUMN base.answer.recommendation_id IS 'The row the answer is printed with.';
COMMENT ON COLUMN base.answer.status IS 'What it says, reduced to a few words.';
COMMENT ON COLUMN base.answer.status_text IS 'The words that gave the status.';
COMMENT ON COLUMN base.answer.response_text IS 'The answer.';
COMMENT ON COLUMN base.answer.response_page IS 'Its page.';
COMMENT ON COLUMN base.answer.sha256 IS 'The document it is printed in.';
COMMENT ON COLUMN base.answer.title IS 'Title of that document.';
COMMENT ON COLUMN base.answer.url IS 'Address of that document.';
COMMENT ON COLUMN base.answer.source IS 'Source of that document.';
COMMENT ON COLUMN base.answer.answered_on IS 'Publication day of that document.';
COMMENT ON COLUMN base.answer.fetched_at IS 'When that document was first fetched, UTC.';
