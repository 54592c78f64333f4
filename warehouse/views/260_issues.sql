CREATE VIEW issues AS
WITH named AS (
    SELECT name, min(sha256) AS sha256
    FROM (SELECT sha256 AS name, sha256 FROM base.document UNION SELECT unnest(urls), sha256 FROM base.document)
    GROUP BY name
)
SELECT
    issue.run_id,
    run.started_at AS run_started_at,
    TRY_CAST(issue.level AS level) AS level,
    issue.source,
    issue.stage,
    issue.code,
    issue.message,
    issue.document,
    document.sha256,
    document.title AS document_title
FROM base.issue
LEFT JOIN base.run USING (run_id)
LEFT JOIN named ON named.name = issue.document
LEFT JOIN base.document ON document.sha256 = named.sha256
ORDER BY run.started_at DESC NULLS FIRST,
    CASE issue.level WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, issue.source, issue.code, issue.message;
COMMENT ON VIEW issues IS 'One row a problem met, the latest run first.';
COMMENT ON COLUMN issues.run_id IS 'The run that met it; NULL: not tied to one.';
COMMENT ON COLUMN issues.run_started_at IS 'When that run began, UTC.';
COMMENT ON COLUMN issues.level IS 'error (a document or a source was lost), warning (part of one), info.';
COMMENT ON COLUMN issues.source IS 'The source concerned.';
COMMENT ON COLUMN issues.stage IS 'The stage that met it.';
COMMENT ON COLUMN issues.code IS 'Stable short name.';
COMMENT ON COLUMN issues.message IS 'One sentence.';
COMMENT ON COLUMN issues.document IS 'SHA-256, or the address where nothing was stored.';
COMMENT ON COLUMN issues.sha256 IS 'The document, where it is held; joins to documents.';
COMMENT ON COLUMN issues.document_title IS 'Its title.';
