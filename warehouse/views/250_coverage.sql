CREATE VIEW coverage AS
WITH asked AS (
    SELECT
        sha256,
        count(*) FILTER (kind <> 'quoted_recommendation') AS recommendation_count,
        count(*) FILTER (kind = 'quoted_recommendation') AS quoted_count
    FROM base.recommendation GROUP BY sha256
),
texted AS (SELECT DISTINCT sha256 FROM base.entry),
counted AS (
    SELECT
        document.source,
        year(document.published) AS year,
        count(*) AS document_count,
        count(*) FILTER (document.is_read) AS document_read_count,
        count(*) FILTER (asked.recommendation_count > 0) AS document_with_recommendations_count,
        count(*) FILTER (document.is_read AND texted.sha256 IS NULL) AS document_without_text_count,
        count(*) FILTER (NOT document.is_read) AS document_unread_count,
        coalesce(sum(asked.recommendation_count), 0)::BIGINT AS recommendation_count,
        coalesce(sum(asked.quoted_count), 0)::BIGINT AS quoted_count,
        coalesce(sum(document.held_out_count), 0)::BIGINT AS held_out_count
    FROM base.document
    LEFT JOIN asked USING (sha256)
    LEFT JOIN texted USING (sha256)
    GROUP BY ALL
)
SELECT
    source.source,
    counted.year,
    coalesce(counted.document_count, 0) AS document_count,
    coalesce(counted.document_read_count, 0) AS document_read_count,
    coalesce(counted.document_with_recommendations_count, 0) AS document_with_recommendations_count,
    coalesce(counted.document_without_text_count, 0) AS document_without_text_count,
    coalesce(counted.document_unread_count, 0) AS document_unread_count,
    coalesce(counted.recommendation_count, 0) AS recommendation_count,
    coalesce(counted.quoted_count, 0) AS quoted_count,
    coalesce(counted.held_out_count, 0) AS held_out_count,
    source.is_missing_tonight,
    source.last_good
FROM base.source LEFT JOIN counted USING (source)
ORDER BY source.source, counted.year NULLS LAST;
COMMENT ON VIEW coverage IS 'Source × year: what was held, read and found, and what was not. Read this before reading anything into a low count.';
COMMENT ON COLUMN coverage.source IS 'The stream.';
COMMENT ON COLUMN coverage.year IS 'Calendar year of publication; NULL: undated documents, or a source with none.';
COMMENT ON COLUMN coverage.document_count IS 'Documents held.';
COMMENT ON COLUMN coverage.document_read_count IS 'Documents whose pages were read.';
COMMENT ON COLUMN coverage.document_with_recommendations_count IS 'Read documents with at least one recommendation.';
COMMENT ON COLUMN coverage.document_without_text_count IS 'Read documents without any text, such as scans: they may ask for something nobody here can see.';
COMMENT ON COLUMN coverage.document_unread_count IS 'Documents that could not be read; see issues.';
COMMENT ON COLUMN coverage.recommendation_count IS 'Recommendations in the tables, reprints counted each, restatements not.';
COMMENT ON COLUMN coverage.quoted_count IS 'Restatements in responses.';
COMMENT ON COLUMN coverage.held_out_count IS 'Extracted but not found again in the bytes, so in no view.';
COMMENT ON COLUMN coverage.is_missing_tonight IS 'True: the last run could not read this source.';
COMMENT ON COLUMN coverage.last_good IS 'Day of the last run that read it.';
