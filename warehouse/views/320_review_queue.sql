CREATE VIEW review_queue AS
WITH judged AS (
    SELECT DISTINCT recommendation_id, theme FROM reviews WHERE question = 'theme' AND theme IS NOT NULL
),
disputed AS (
    SELECT DISTINCT recommendation_id, theme FROM review_conflicts WHERE question = 'theme' AND is_open
),
candidate AS (
    SELECT recommendation_id, detail.theme, TRUE AS is_given, detail.score, detail.reason
    FROM (SELECT recommendation_id, unnest(theme_details) AS detail FROM recommendations)
    UNION ALL
    SELECT recommendation_id, nearest_theme, FALSE, nearest_score, 'nearest miss' || coalesce(': ' || nearest_reason, '')
    FROM recommendations
    WHERE nearest_theme IS NOT NULL AND NOT list_contains(themes, nearest_theme)
    UNION ALL
    -- Reviewers disagree over a theme that the row has not: it must still be asked about.
    SELECT disputed.recommendation_id, disputed.theme, FALSE, NULL, 'reviewers disagree'
    FROM disputed JOIN recommendations USING (recommendation_id)
    WHERE NOT list_contains(themes, disputed.theme) AND nearest_theme IS DISTINCT FROM disputed.theme
),
question AS (
    SELECT
        register.text,
        candidate.theme,
        candidate.is_given,
        candidate.score,
        candidate.reason,
        coalesce(round(1 - 2 * abs(candidate.score - 0.5), 4), 0) AS uncertainty,
        register.kind,
        register.body,
        register.source,
        register.published,
        CASE WHEN register.source = 'pfd' THEN 'Prevention of future deaths report' || coalesce(' ' || register.reference, '')
             ELSE register.document_title END AS document_title,
        register.page,
        register.page_url,
        register.common_id,
        common.text AS common_text,
        register.is_perennial,
        register.status,
        register.addressees,
        register.is_restricted,
        register.recommendation_id,
        register.sha256,
        disputed.recommendation_id IS NOT NULL AS is_disputed,
        register.as_of - register.first_seen <= 30 AS is_new,
        register.has_recurred_after_closure OR register.is_perennial AS is_high_impact
    FROM register
    JOIN candidate USING (recommendation_id)
    LEFT JOIN common_recommendations AS common ON common.common_id = register.common_id
    LEFT JOIN disputed ON disputed.recommendation_id = candidate.recommendation_id AND disputed.theme = candidate.theme
    WHERE register.status <> 'not ours'
      AND (disputed.recommendation_id IS NOT NULL
           OR (candidate.recommendation_id, candidate.theme) NOT IN (SELECT (recommendation_id, theme) FROM judged))
),
-- Rows the extractor is unsure of: they stand in the views, and a person is asked whether they are asks at all.
doubtful AS (
    SELECT
        row.text,
        NULL::VARCHAR AS theme,
        NULL::BOOLEAN AS is_given,
        row.confidence AS score,
        'is this an ask? read by "' || row.grammar || '" with confidence ' || round(row.confidence, 2) AS reason,
        round(1 - row.confidence, 4) AS uncertainty,
        row.kind,
        row.body,
        row.source,
        row.published,
        CASE WHEN row.source = 'pfd' THEN 'Prevention of future deaths report' ELSE row.document_title END
            AS document_title,
        row.page,
        row.page_url,
        row.common_id,
        NULL::VARCHAR AS common_text,
        FALSE AS is_perennial,
        coalesce(row.status, CAST('none' AS status)) AS status,
        row.addressees,
        row.is_restricted,
        row.recommendation_id,
        row.sha256,
        FALSE AS is_disputed,
        (SELECT as_of FROM parameters) - row.first_seen <= 30 AS is_new,
        FALSE AS is_high_impact
    FROM recommendations AS row
    WHERE row.confidence < (SELECT sure_enough FROM parameters)
      AND row.recommendation_id NOT IN (
          SELECT recommendation_id FROM reviews
          WHERE question = 'extraction' AND is_current AND answer <> 'withdrawn')
),
asked AS (
    SELECT *, CAST('theme' AS question) AS question FROM question
    UNION ALL
    SELECT *, CAST('extraction' AS question) AS question FROM doubtful
)
SELECT
    *,
    round(uncertainty + CASE WHEN is_disputed THEN 1 ELSE 0 END + CASE WHEN is_high_impact THEN 0.3 ELSE 0 END
        + CASE WHEN is_new THEN 0.2 ELSE 0 END, 4) AS worth,
    array_to_string(list_filter([
        CASE WHEN is_disputed THEN 'reviewers disagree' END,
        CASE WHEN question = 'extraction' THEN 'is this an ask?' END,
        CASE WHEN uncertainty >= 0.5 THEN 'uncertain' END,
        CASE WHEN is_high_impact THEN 'keeps coming back' END,
        CASE WHEN is_new THEN 'new' END
    ], lambda why: why IS NOT NULL), ', ') AS why
FROM asked
ORDER BY worth DESC, published DESC NULLS LAST, recommendation_id, theme;
COMMENT ON VIEW review_queue IS 'One row an ask and a theme no person has judged yet, or over which reviewers disagree, and one a row that may be no ask; the most worth a person''s time first.';
COMMENT ON COLUMN review_queue.text IS 'Verbatim. May hold names: exports leave them out.';
COMMENT ON COLUMN review_queue.question IS 'theme: is the theme right? extraction: is this an ask at all (answer in is_an_ask)?';
COMMENT ON COLUMN review_queue.theme IS 'The theme in question; NULL for question extraction.';
COMMENT ON COLUMN review_queue.is_given IS 'True: the classifier gave it. False: it came nearest without reaching its threshold.';
COMMENT ON COLUMN review_queue.score IS 'Calibrated probability, 0 to 1; NULL where only people spoke of the theme; for question extraction the extractor''s confidence.';
COMMENT ON COLUMN review_queue.reason IS 'Why, in words.';
COMMENT ON COLUMN review_queue.uncertainty IS '1 where the score is 0.5, 0 where it is 0 or 1.';
COMMENT ON COLUMN review_queue.kind IS 'What the body calls it.';
COMMENT ON COLUMN review_queue.body IS 'Who asked.';
COMMENT ON COLUMN review_queue.source IS 'The stream.';
COMMENT ON COLUMN review_queue.published IS 'Day of the first printing.';
COMMENT ON COLUMN review_queue.document_title IS 'Title of the document; a neutral one for a coroner''s report, whose own is a name.';
COMMENT ON COLUMN review_queue.page IS 'Its page.';
COMMENT ON COLUMN review_queue.page_url IS 'Address that opens it there.';
COMMENT ON COLUMN review_queue.common_id IS 'The common recommendation it is in.';
COMMENT ON COLUMN review_queue.common_text IS 'What that one asks for, in the words of its most central member.';
COMMENT ON COLUMN review_queue.is_perennial IS 'True: that one is perennial.';
COMMENT ON COLUMN review_queue.status IS 'Status as it stands.';
COMMENT ON COLUMN review_queue.addressees IS 'Who is asked.';
COMMENT ON COLUMN review_queue.is_restricted IS 'True: not in the public file.';
COMMENT ON COLUMN review_queue.recommendation_id IS 'First printing of the ask.';
COMMENT ON COLUMN review_queue.sha256 IS 'Document of the first printing.';
COMMENT ON COLUMN review_queue.is_disputed IS 'True: an open conflict, see review_conflicts.';
COMMENT ON COLUMN review_queue.is_new IS 'True: first read here in the last 30 days.';
COMMENT ON COLUMN review_queue.is_high_impact IS 'True: perennial, or asked again after it was accepted or closed.';
COMMENT ON COLUMN review_queue.worth IS 'uncertainty + 1 if disputed + 0.3 if high impact + 0.2 if new.';
COMMENT ON COLUMN review_queue.why IS 'Why it is worth judging, in words.';
