CREATE VIEW base.answer AS
WITH printed AS (
    SELECT ask_id, recommendation_id FROM base.recommendation
    UNION
    -- A restatement may answer several asks ("recommendations 3 and 4: accepted") but is a reprint of one only.
    SELECT asked.ask_id, restated.recommendation_id
    FROM base.link
    JOIN base.recommendation AS asked ON asked.recommendation_id IN (link.earlier_id, link.later_id)
    JOIN base.recommendation AS restated ON restated.recommendation_id IN (link.earlier_id, link.later_id)
    WHERE link.link_type = 'republished'
      AND asked.recommendation_id <> restated.recommendation_id
      AND restated.kind = 'quoted_recommendation'
)
SELECT
    printed.ask_id,
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
FROM printed
JOIN base.recommendation USING (recommendation_id)
JOIN base.document USING (sha256)
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
