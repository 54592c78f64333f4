CREATE VIEW reviews AS
SELECT
    review.review_id,
    review.recommendation_id,
    recommendation.text,
    TRY_CAST(review.question AS question) AS question,
    review.theme,
    review.common_id,
    review.answer,
    review.before,
    review.note,
    review.reviewer,
    review.reviewed_on,
    review.recorded_at,
    row_number() OVER (
        PARTITION BY CASE WHEN review.question <> 'plain_name' THEN review.recommendation_id END, review.question, review.theme, review.common_id
        ORDER BY review.recorded_at DESC, review.review_id DESC) = 1 AS is_current,
    recommendation.recommendation_id IS NOT NULL AS is_applied
FROM base.review LEFT JOIN base.recommendation USING (recommendation_id)
ORDER BY review.recorded_at, review.review_id;
COMMENT ON VIEW reviews IS 'One row a judgement a person made, all of them ever; the current ones override the machine in every other view.';
COMMENT ON COLUMN reviews.review_id IS 'Hash of the judgement: the same line imported twice is one.';
COMMENT ON COLUMN reviews.recommendation_id IS 'The row judged.';
COMMENT ON COLUMN reviews.text IS 'Its text; NULL: the row is no longer in the tables.';
COMMENT ON COLUMN reviews.question IS 'theme, same_ask, plain_name (of its group), addressee, extraction, status, ownership or note.';
COMMENT ON COLUMN reviews.theme IS 'The theme asked about; NULL for other questions.';
COMMENT ON COLUMN reviews.common_id IS 'The group asked about, for questions same_ask and plain_name.';
COMMENT ON COLUMN reviews.answer IS 'theme: right, wrong, add, or withdrawn; status: accepted, accepted in part, accepted in principle, under consideration, rejected, noted, done, not ours, or withdrawn; else free words.';
COMMENT ON COLUMN reviews.before IS 'What stood there before.';
COMMENT ON COLUMN reviews.note IS 'Free words; NULL in the public file.';
COMMENT ON COLUMN reviews.reviewer IS 'Who; a neutral word in the public file.';
COMMENT ON COLUMN reviews.reviewed_on IS 'The day they judged.';
COMMENT ON COLUMN reviews.recorded_at IS 'When it entered the ledger, UTC.';
COMMENT ON COLUMN reviews.is_current IS 'True: the latest for its row, question, theme and group. Earlier ones are kept and have no effect.';
COMMENT ON COLUMN reviews.is_applied IS 'False: the row it judges is not in the tables tonight; the judgement waits in the ledger.';
