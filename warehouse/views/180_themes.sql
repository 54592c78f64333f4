CREATE VIEW themes AS
WITH given AS (
    SELECT
        theme,
        count(*) AS recommendation_count,
        count(*) FILTER (recommendation_id = ask_id) AS ask_count,
        count(DISTINCT sha256) AS document_count,
        count(DISTINCT source) AS source_count,
        min(published) AS first_published,
        max(published) AS last_published,
        round(avg(score), 4) AS mean_score,
        count(*) FILTER (is_reviewed) AS confirmed_count
    FROM base.current_theme
    JOIN base.recommendation USING (recommendation_id)
    JOIN base.document USING (sha256)
    WHERE recommendation.kind <> 'quoted_recommendation'
    GROUP BY theme
),
judged AS (
    SELECT theme, answer
    FROM base.review
    WHERE question = 'theme' AND theme IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY recommendation_id, theme ORDER BY recorded_at DESC, review_id DESC) = 1
),
wrong AS (SELECT theme, count(*) AS rejected_count FROM judged WHERE answer = 'wrong' GROUP BY theme),
grouped AS (
    SELECT theme, count(*) AS common_recommendation_count, count(*) FILTER (is_perennial) AS perennial_count
    FROM (SELECT unnest(themes) AS theme, is_perennial FROM common_recommendations) GROUP BY theme
)
SELECT
    theme.theme,
    theme.name,
    TRY_CAST(theme.kind AS theme_kind) AS kind,
    theme.lead,
    theme.definition,
    theme.inclusions,
    theme.exclusions,
    coalesce(given.recommendation_count, 0) AS recommendation_count,
    coalesce(given.ask_count, 0) AS ask_count,
    coalesce(given.document_count, 0) AS document_count,
    coalesce(given.source_count, 0) AS source_count,
    coalesce(grouped.common_recommendation_count, 0) AS common_recommendation_count,
    coalesce(grouped.perennial_count, 0) AS perennial_count,
    given.first_published,
    given.last_published,
    given.mean_score,
    coalesce(given.confirmed_count, 0) AS confirmed_count,
    coalesce(wrong.rejected_count, 0) AS rejected_count
FROM base.theme
LEFT JOIN given USING (theme)
LEFT JOIN wrong USING (theme)
LEFT JOIN grouped USING (theme)
ORDER BY theme.theme;
COMMENT ON VIEW themes IS 'The registry of themes, one row each, with counts. Restatements in responses are not counted.';
COMMENT ON COLUMN themes.theme IS 'Slug, used in every other view.';
COMMENT ON COLUMN themes.name IS 'Name for people.';
COMMENT ON COLUMN themes.kind IS 'perennial (the organisation''s own list of perennial issues) or operational.';
COMMENT ON COLUMN themes.lead IS 'The one role that owns it.';
COMMENT ON COLUMN themes.definition IS 'What it is.';
COMMENT ON COLUMN themes.inclusions IS 'What belongs.';
COMMENT ON COLUMN themes.exclusions IS 'What does not, and where it goes.';
COMMENT ON COLUMN themes.recommendation_count IS 'Recommendations that have it, reprints counted each. One recommendation may have several themes: do not add up over themes.';
COMMENT ON COLUMN themes.ask_count IS 'The same with reprints counted once.';
COMMENT ON COLUMN themes.document_count IS 'Documents they are in.';
COMMENT ON COLUMN themes.source_count IS 'Streams they come from.';
COMMENT ON COLUMN themes.common_recommendation_count IS 'Common recommendations with at least one member that has it.';
COMMENT ON COLUMN themes.perennial_count IS 'Those of them that are perennial.';
COMMENT ON COLUMN themes.first_published IS 'Earliest publication day.';
COMMENT ON COLUMN themes.last_published IS 'Latest publication day.';
COMMENT ON COLUMN themes.mean_score IS 'Mean calibrated probability, 0 to 1: how sure the classifier is of what it gave. Says nothing of what it missed.';
COMMENT ON COLUMN themes.confirmed_count IS 'Recommendations where a person confirmed or added it.';
COMMENT ON COLUMN themes.rejected_count IS 'Recommendations where a person called it wrong.';
