CREATE VIEW sources AS
WITH counted AS (
    SELECT
        source,
        count(*) AS document_count,
        count(*) FILTER (is_read) AS document_read_count,
        count(*) FILTER (is_restricted) AS document_restricted_count,
        min(published) AS first_published,
        max(published) AS last_published,
        max(fetched_at) AS last_fetched_at
    FROM base.document GROUP BY source
),
asked AS (
    SELECT
        source,
        count(*) FILTER (kind <> 'quoted_recommendation') AS recommendation_count,
        count(*) FILTER (kind = 'quoted_recommendation') AS quoted_count
    FROM base.recommendation JOIN base.document USING (sha256) GROUP BY source
)
SELECT
    source.source,
    source.title,
    source.publisher,
    source.licence,
    source.homepage,
    source.is_missing_tonight,
    source.last_good,
    coalesce(counted.document_count, 0) AS document_count,
    coalesce(counted.document_read_count, 0) AS document_read_count,
    coalesce(counted.document_restricted_count, 0) AS document_restricted_count,
    coalesce(asked.recommendation_count, 0) AS recommendation_count,
    coalesce(asked.quoted_count, 0) AS quoted_count,
    counted.first_published,
    counted.last_published,
    counted.last_fetched_at
FROM base.source LEFT JOIN counted USING (source) LEFT JOIN asked USING (source)
ORDER BY source.source;
COMMENT ON VIEW sources IS 'One row a publisher''s stream: who publishes, how much was read, and whether tonight is missing.';
COMMENT ON COLUMN sources.source IS 'Short name, used in every other view.';
COMMENT ON COLUMN sources.title IS 'Name for people.';
COMMENT ON COLUMN sources.publisher IS 'The organisation that publishes.';
COMMENT ON COLUMN sources.licence IS 'Licence unless a document has its own.';
COMMENT ON COLUMN sources.homepage IS 'Where it publishes.';
COMMENT ON COLUMN sources.is_missing_tonight IS 'True: the last run could not read it. Its rows are still here, as of last_good; nothing new from it can be expected.';
COMMENT ON COLUMN sources.last_good IS 'Day of the last run that read it; NULL: never, or not a live source.';
COMMENT ON COLUMN sources.document_count IS 'Documents held, read or not.';
COMMENT ON COLUMN sources.document_read_count IS 'Documents whose pages were read: the denominator of every rate.';
COMMENT ON COLUMN sources.document_restricted_count IS 'Documents kept out of the public file.';
COMMENT ON COLUMN sources.recommendation_count IS 'Recommendations in the tables, reprints counted each, restatements in responses not counted.';
COMMENT ON COLUMN sources.quoted_count IS 'Restatements in responses.';
COMMENT ON COLUMN sources.first_published IS 'Earliest publication day.';
COMMENT ON COLUMN sources.last_published IS 'Latest publication day.';
COMMENT ON COLUMN sources.last_fetched_at IS 'Latest first fetch of a document, UTC.';
