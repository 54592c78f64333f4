CREATE VIEW coverage AS
WITH asked AS (
    SELECT
        sha256,
        count(*) FILTER (kind <> 'quoted_recommendation') AS recommendation_count,
        count(*) FILTER (kind = 'quoted_recommendation') AS quoted_count
    FROM base.recommendation GROUP BY sha256
),
texted AS (SELECT DISTINCT sha256 FROM base.entry),
held AS (SELECT unnest(urls) AS url, source, published FROM base.document),
address AS (
    SELECT listing.source, listing.url, listing.outcome, coalesce(listing.published, max(held.published)) AS published
    FROM base.listing LEFT JOIN held USING (source, url)
    GROUP BY listing.source, listing.url, listing.outcome, listing.published
    UNION ALL
    -- What people put in, and the sample, is held as soon as it is listed.
    SELECT source, url, 'fetched', max(published) FROM held ANTI JOIN base.listing USING (source, url) GROUP BY ALL
),
listed AS (
    SELECT
        source,
        year(published) AS year,
        count(*) AS listed_count,
        count(*) FILTER (outcome = 'fetched') AS fetched_count,
        count(*) FILTER (outcome = 'passed_over') AS passed_over_count,
        count(*) FILTER (outcome IN ('blocked', 'challenge')) AS blocked_count,
        count(*) FILTER (outcome IN ('waiting', 'gone', 'refused', 'failed')) AS not_had_count
    FROM address GROUP BY ALL
),
counted AS (
    SELECT
        document.source,
        year(document.published) AS year,
        count(*) AS document_count,
        count(*) FILTER (document.superseded_by IS NOT NULL) AS document_superseded_count,
        count(*) FILTER (document.is_read) AS document_read_count,
        count(*) FILTER (asked.recommendation_count > 0) AS document_with_recommendations_count,
        count(*) FILTER (document.is_read AND texted.sha256 IS NULL AND document.superseded_by IS NULL)
            AS document_without_text_count,
        count(*) FILTER (NOT document.is_read) AS document_unread_count,
        coalesce(sum(asked.recommendation_count), 0)::BIGINT AS recommendation_count,
        coalesce(sum(asked.quoted_count), 0)::BIGINT AS quoted_count,
        coalesce(sum(document.held_out_count), 0)::BIGINT AS held_out_count
    FROM base.document
    LEFT JOIN asked USING (sha256)
    LEFT JOIN texted USING (sha256)
    GROUP BY ALL
),
key AS (SELECT source, year FROM listed UNION SELECT source, year FROM counted)
SELECT
    source.source,
    key.year,
    coalesce(listed.listed_count, 0) AS listed_count,
    coalesce(listed.fetched_count, 0) AS fetched_count,
    coalesce(listed.passed_over_count, 0) AS passed_over_count,
    coalesce(listed.blocked_count, 0) AS blocked_count,
    coalesce(listed.not_had_count, 0) AS not_had_count,
    coalesce(counted.document_count, 0) AS document_count,
    coalesce(counted.document_superseded_count, 0) AS document_superseded_count,
    coalesce(counted.document_read_count, 0) AS document_read_count,
    coalesce(counted.document_with_recommendations_count, 0) AS document_with_recommendations_count,
    coalesce(counted.document_without_text_count, 0) AS document_without_text_count,
    coalesce(counted.document_unread_count, 0) AS document_unread_count,
    coalesce(counted.recommendation_count, 0) AS recommendation_count,
    coalesce(counted.quoted_count, 0) AS quoted_count,
    coalesce(counted.held_out_count, 0) AS held_out_count,
    source.is_missing_tonight,
    source.last_good
FROM base.source
LEFT JOIN key ON key.source = source.source
LEFT JOIN listed ON listed.source = key.source AND listed.year IS NOT DISTINCT FROM key.year
LEFT JOIN counted ON counted.source = key.source AND counted.year IS NOT DISTINCT FROM key.year
ORDER BY source.source, key.year NULLS LAST;
COMMENT ON VIEW coverage IS 'Source × year: what was listed, fetched, read and found, and what was not. Read this before reading anything into a low count.';
COMMENT ON COLUMN coverage.source IS 'The stream.';
COMMENT ON COLUMN coverage.year IS 'Calendar year of publication; NULL: undated documents, or a source with none.';
COMMENT ON COLUMN coverage.listed_count IS 'Addresses of documents that the publisher lists, or that people put in.';
COMMENT ON COLUMN coverage.fetched_count IS 'Of these, fetched and held. The same file at two addresses counts twice here, and once in document_count.';
COMMENT ON COLUMN coverage.passed_over_count IS 'Listed, and not fetched because they do not concern the police; the source''s facts say how that is told.';
COMMENT ON COLUMN coverage.blocked_count IS 'Refused to programs by the publisher, and left alone: put them in with perennial add.';
COMMENT ON COLUMN coverage.not_had_count IS 'Not asked yet, gone, failed, or refused by this side (too large, closed by robots.txt); see issues.';
COMMENT ON COLUMN coverage.document_count IS 'Documents held, by their bytes.';
COMMENT ON COLUMN coverage.document_superseded_count IS 'Of these, versions that were replaced at their address; what they ask is in no view.';
COMMENT ON COLUMN coverage.document_read_count IS 'Documents whose pages were read.';
COMMENT ON COLUMN coverage.document_with_recommendations_count IS 'Read documents with at least one recommendation.';
COMMENT ON COLUMN coverage.document_without_text_count IS 'Read documents without any text, such as scans: they may ask for something nobody here can see.';
COMMENT ON COLUMN coverage.document_unread_count IS 'Documents that could not be read; see issues.';
COMMENT ON COLUMN coverage.recommendation_count IS 'Recommendations in the tables, reprints counted each, restatements not.';
COMMENT ON COLUMN coverage.quoted_count IS 'Restatements in responses.';
COMMENT ON COLUMN coverage.held_out_count IS 'Extracted but not found again in the bytes, so in no view.';
COMMENT ON COLUMN coverage.is_missing_tonight IS 'True: the last run could not read this source.';
COMMENT ON COLUMN coverage.last_good IS 'Day of the last run that read it.';
