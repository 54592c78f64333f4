CREATE VIEW documents AS
WITH asked AS (
    SELECT
        sha256,
        count(*) FILTER (kind <> 'quoted_recommendation') AS recommendation_count,
        count(*) FILTER (kind = 'quoted_recommendation') AS quoted_count
    FROM base.recommendation GROUP BY sha256
),
passage AS (
    SELECT sha256, count(*) AS passage_count FROM base.entry WHERE scope = 'documents' GROUP BY sha256
),
named AS (
    SELECT sha256 AS name, sha256 FROM base.document
    UNION
    SELECT unnest(urls), sha256 FROM base.document
),
problem AS (
    SELECT named.sha256, count(*) AS issue_count
    FROM base.issue JOIN named ON named.name = issue.document
    GROUP BY named.sha256
)
SELECT
    document.sha256,
    document.source,
    document.body,
    document.title,
    document.published,
    year(document.published) AS year,
    document.reference,
    document.url,
    document.file,
    document.urls,
    document.connector,
    document.licence,
    document.is_restricted,
    document.media_type,
    document.byte_count,
    document.fetched_at,
    document.is_read,
    document.page_count,
    CASE WHEN document.is_read THEN coalesce(asked.recommendation_count, 0) END AS recommendation_count,
    CASE WHEN document.is_read THEN coalesce(asked.quoted_count, 0) END AS quoted_count,
    document.held_out_count,
    CASE WHEN document.is_read THEN coalesce(passage.passage_count, 0) END AS passage_count,
    coalesce(problem.issue_count, 0) AS issue_count,
    document.people,
    document.withdrawn_on,
    document.superseded_by,
    document.superseded_on,
    fact.title AS title_printed,
    fact.published AS published_printed,
    coalesce(fact.is_month, FALSE) AS is_month_printed,
    fact.reference AS reference_printed,
    coalesce(fact."references", []) AS references_printed,
    fact.publisher AS publisher_printed,
    fact.area AS area_printed,
    coalesce(fact.recipients, []) AS recipients_printed,
    coalesce(fact.places, []) AS fact_places
FROM base.document
LEFT JOIN base.document_fact AS fact USING (sha256)
LEFT JOIN asked USING (sha256)
LEFT JOIN passage USING (sha256)
LEFT JOIN problem USING (sha256);
COMMENT ON VIEW documents IS 'One row a document held, read or not.';
COMMENT ON COLUMN documents.sha256 IS 'SHA-256 of its bytes: its id, and its name in the archive.';
COMMENT ON COLUMN documents.source IS 'The stream it belongs to.';
COMMENT ON COLUMN documents.body IS 'Who asks, as listed; of what people put in, the first body that it names itself; else whoever publishes the stream.';
COMMENT ON COLUMN documents.title IS 'As listed, else as the document says; NULL: neither. A coroner''s title may hold a name.';
COMMENT ON COLUMN documents.published IS 'Publication day; NULL: not known, and then the document counts in no year.';
COMMENT ON COLUMN documents.year IS 'Calendar year of published.';
COMMENT ON COLUMN documents.reference IS 'The publisher''s own reference.';
COMMENT ON COLUMN documents.url IS 'Where it was first fetched from.';
COMMENT ON COLUMN documents.file IS 'Last part of that address: the file''s name.';
COMMENT ON COLUMN documents.urls IS 'Every address the same bytes were found at.';
COMMENT ON COLUMN documents.connector IS 'What found it: a publisher''s connector, inbox or sample.';
COMMENT ON COLUMN documents.licence IS 'Its licence, else its source''s.';
COMMENT ON COLUMN documents.is_restricted IS 'True: not in the public file.';
COMMENT ON COLUMN documents.media_type IS 'By content, not by name.';
COMMENT ON COLUMN documents.byte_count IS 'Size in bytes.';
COMMENT ON COLUMN documents.fetched_at IS 'First fetched, UTC: since when this document is known here.';
COMMENT ON COLUMN documents.is_read IS 'True: its pages were read. False: see issues.';
COMMENT ON COLUMN documents.page_count IS 'Pages; NULL when not read.';
COMMENT ON COLUMN documents.recommendation_count IS 'Recommendations found; NULL when not read, 0 when read and none found.';
COMMENT ON COLUMN documents.quoted_count IS 'Restated recommendations found, as in a response; NULL when not read.';
COMMENT ON COLUMN documents.held_out_count IS 'Recommendations extracted but not found again in the bytes, so in no view; NULL when not read.';
COMMENT ON COLUMN documents.passage_count IS 'Searchable passages; 0 for a document without text, such as a scan.';
COMMENT ON COLUMN documents.issue_count IS 'Problems met with it, all runs.';
COMMENT ON COLUMN documents.people IS 'Names of the deceased as the publisher states them: do not pass on. Digests leave them out.';
COMMENT ON COLUMN documents.withdrawn_on IS 'The day it was withdrawn: as the publisher says, else when it was gone or not listed any more; NULL: it stands. What it asks stays in the tables.';
COMMENT ON COLUMN documents.superseded_by IS 'sha256 of the version that replaced it at its address; NULL: the current one. What a replaced version asks is in no view.';
COMMENT ON COLUMN documents.superseded_on IS 'Day that version was fetched.';
COMMENT ON COLUMN documents.title_printed IS 'Title as the document itself says; NULL: it does not say, or was not read. A coroner''s title may hold a name.';
COMMENT ON COLUMN documents.published_printed IS 'Publication day as the document itself says; the first of the month where is_month_printed.';
COMMENT ON COLUMN documents.is_month_printed IS 'True: the document prints a month and no day.';
COMMENT ON COLUMN documents.reference_printed IS 'The document''s own reference as it prints it, in one spelling.';
COMMENT ON COLUMN documents.references_printed IS 'All references of its own that it prints, ISBN included.';
COMMENT ON COLUMN documents.publisher_printed IS 'The first body that its first pages name alone on a line.';
COMMENT ON COLUMN documents.area_printed IS 'Police force, or coroner''s area, as it says.';
COMMENT ON COLUMN documents.recipients_printed IS 'Whom it is sent to, as it says; [] when it does not.';
COMMENT ON COLUMN documents.fact_places IS 'Where each of these was read: the words, the page (0: the file''s own metadata) and offsets into its raw text.';
