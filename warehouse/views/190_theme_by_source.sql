CREATE VIEW theme_by_source AS
WITH read AS (
    SELECT source, count(*) AS document_read_count
    FROM base.document
    WHERE is_read
    GROUP BY ALL
),
asked AS (
    SELECT source, recommendation_id, ask_id, sha256
    FROM base.recommendation JOIN base.document USING (sha256)
    WHERE kind <> 'quoted_recommendation'
),
total AS (SELECT source, count(*) AS source_recommendation_count FROM asked GROUP BY ALL),
given AS (
    SELECT
        theme,
        source,
        count(*) AS recommendation_count,
        count(*) FILTER (recommendation_id = ask_id) AS ask_count,
        count(DISTINCT sha256) AS document_count
    FROM base.current_theme JOIN asked USING (recommendation_id)
    GROUP BY ALL
)
SELECT
    theme.theme,
    read.source,
    coalesce(given.recommendation_count, 0) AS recommendation_count,
    coalesce(given.ask_count, 0) AS ask_count,
    coalesce(given.document_count, 0) AS document_count,
    read.document_read_count,
    coalesce(total.source_recommendation_count, 0) AS source_recommendation_count,
    coalesce(given.recommendation_count, 0) / total.source_recommendation_count AS recommendation_share
FROM base.theme
CROSS JOIN read
LEFT JOIN given ON given.theme = theme.theme AND given.source = read.source
LEFT JOIN total ON total.source = read.source
ORDER BY theme.theme, read.source;
COMMENT ON VIEW theme_by_source IS 'Theme × source: how often each body''s documents raise each theme, with the denominators. Reviews included. A 0 stands only where documents were read.';
COMMENT ON COLUMN theme_by_source.theme IS 'Slug.';
COMMENT ON COLUMN theme_by_source.source IS 'The stream.';
COMMENT ON COLUMN theme_by_source.recommendation_count IS 'Recommendations with the theme, reprints counted each, restatements in responses not. Units differ between bodies: compare shares, or years of one source.';
COMMENT ON COLUMN theme_by_source.ask_count IS 'The same with reprints left out.';
COMMENT ON COLUMN theme_by_source.document_count IS 'Documents they are in.';
COMMENT ON COLUMN theme_by_source.document_read_count IS 'Denominator: documents read of this source, with or without the theme.';
COMMENT ON COLUMN theme_by_source.source_recommendation_count IS 'Denominator: all recommendations of this source.';
COMMENT ON COLUMN theme_by_source.recommendation_share IS 'recommendation_count over source_recommendation_count, 0 to 1; NULL when there are none. Shares add up to more than 1 over themes.';
