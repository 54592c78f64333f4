CREATE VIEW theme_by_source_year AS
WITH read AS (
    SELECT source, year(published) AS year, count(*) AS document_read_count
    FROM base.document
    WHERE is_read AND published IS NOT NULL
    GROUP BY ALL
),
asked AS (
    SELECT source, year(published) AS year, recommendation_id, ask_id, sha256
    FROM base.recommendation JOIN base.document USING (sha256)
    WHERE kind <> 'quoted_recommendation'
),
total AS (SELECT source, year, count(*) AS source_recommendation_count FROM asked GROUP BY ALL),
given AS (
    SELECT
        theme,
        source, year,
        count(*) AS recommendation_count,
        count(*) FILTER (recommendation_id = ask_id) AS ask_count,
        count(DISTINCT sha256) AS document_count
    FROM base.current_theme JOIN asked USING (recommendation_id)
    GROUP BY ALL
)
SELECT
    theme.theme,
    read.source, read.year,
    coalesce(given.recommendation_count, 0) AS recommendation_count,
    coalesce(given.ask_count, 0) AS ask_count,
    coalesce(given.document_count, 0) AS document_count,
    read.document_read_count,
    coalesce(total.source_recommendation_count, 0) AS source_recommendation_count,
    coalesce(given.recommendation_count, 0) / total.source_recommendation_count AS recommendation_share
FROM base.theme
CROSS JOIN read
LEFT JOIN given ON given.theme = theme.theme AND given.source = read.source AND given.year = read.year
LEFT JOIN total ON total.source = read.source AND total.year = read.year
ORDER BY theme.theme, read.source, read.year;
COMMENT ON VIEW theme_by_source_year IS 'Theme × source × year: how often each body''s documents raise each theme, with the denominators. Reviews included. A 0 stands only where documents were read; undated documents are in no row.';
COMMENT ON COLUMN theme_by_source_year.theme IS 'Slug.';
COMMENT ON COLUMN theme_by_source_year.source IS 'The stream.';
COMMENT ON COLUMN theme_by_source_year.year IS 'Calendar year of publication.';
COMMENT ON COLUMN theme_by_source_year.recommendation_count IS 'Recommendations with the theme, reprints counted each, restatements in responses not. Units differ between bodies: compare shares, or years of one source.';
COMMENT ON COLUMN theme_by_source_year.ask_count IS 'The same with reprints left out.';
COMMENT ON COLUMN theme_by_source_year.document_count IS 'Documents they are in.';
COMMENT ON COLUMN theme_by_source_year.document_read_count IS 'Denominator: documents read of this source and year, with or without the theme.';
COMMENT ON COLUMN theme_by_source_year.source_recommendation_count IS 'Denominator: all recommendations of this source and year.';
COMMENT ON COLUMN theme_by_source_year.recommendation_share IS 'recommendation_count over source_recommendation_count, 0 to 1; NULL when there are none. Shares add up to more than 1 over themes.';
