CREATE VIEW review_conflicts AS
WITH said AS (
    SELECT
        recommendation_id, text, question, theme, common_id, reviewer, reviewed_on, recorded_at, review_id, note,
        CASE answer WHEN 'add' THEN 'right' ELSE answer END AS answer
    FROM reviews
    WHERE question NOT IN ('note', 'addressee', 'plain_name') AND is_applied
),
ordered AS (
    SELECT
        *,
        first_value(answer) OVER subject AS first_answer,
        first_value(reviewer) OVER subject AS first_reviewer
    FROM said
    WINDOW subject AS (PARTITION BY recommendation_id, question, theme, common_id ORDER BY recorded_at, review_id)
),
moment AS (
    SELECT
        recommendation_id, question, theme, common_id,
        min(recorded_at) FILTER (answer <> first_answer AND lower(reviewer) <> lower(first_reviewer)) AS disagreed_at,
        max(recorded_at) AS last_recorded_at,
        arg_max(answer, (recorded_at, review_id)) AS answer_in_force
    FROM ordered GROUP BY ALL
),
latest AS (
    SELECT * FROM said
    QUALIFY row_number() OVER (
        PARTITION BY recommendation_id, question, theme, common_id, lower(reviewer)
        ORDER BY recorded_at DESC, review_id DESC) = 1
),
stands AS (
    SELECT
        recommendation_id, question, theme, common_id,
        any_value(text) AS text,
        count(*) AS reviewer_count,
        list({'reviewer': reviewer, 'answer': answer, 'reviewed_on': reviewed_on, 'note': note}
             ORDER BY recorded_at, review_id) AS answers
    FROM latest
    WHERE answer <> 'withdrawn'
    GROUP BY ALL
    HAVING count(DISTINCT answer) > 1
)
SELECT
    stands.recommendation_id,
    stands.text,
    stands.question,
    stands.theme,
    stands.common_id,
    stands.reviewer_count,
    stands.answers,
    moment.answer_in_force,
    moment.disagreed_at,
    coalesce(moment.last_recorded_at <= moment.disagreed_at, FALSE) AS is_open
FROM stands
JOIN moment ON moment.recommendation_id = stands.recommendation_id AND moment.question = stands.question
    AND moment.theme IS NOT DISTINCT FROM stands.theme AND moment.common_id IS NOT DISTINCT FROM stands.common_id
ORDER BY is_open DESC, moment.disagreed_at DESC, stands.recommendation_id, stands.question, stands.theme;
COMMENT ON VIEW review_conflicts IS 'One row a question that reviewers answer differently. Any judgement made after they disagreed settles it; until then it is open, and the later answer is in force.';
COMMENT ON COLUMN review_conflicts.recommendation_id IS 'The row judged.';
COMMENT ON COLUMN review_conflicts.text IS 'Its text.';
COMMENT ON COLUMN review_conflicts.question IS 'theme, same_ask, extraction, status or ownership.';
COMMENT ON COLUMN review_conflicts.theme IS 'The theme asked about, for question theme.';
COMMENT ON COLUMN review_conflicts.common_id IS 'The group asked about, for question same_ask.';
COMMENT ON COLUMN review_conflicts.reviewer_count IS 'How many have answered and not withdrawn.';
COMMENT ON COLUMN review_conflicts.answers IS 'The last answer of each, oldest first.';
COMMENT ON COLUMN review_conflicts.answer_in_force IS 'The answer that counts tonight: the last recorded.';
COMMENT ON COLUMN review_conflicts.disagreed_at IS 'When the second opinion came in, UTC.';
COMMENT ON COLUMN review_conflicts.is_open IS 'True: nobody has judged it again since they disagreed.';
