CREATE VIEW passages AS
SELECT
    entry.entry_id AS passage_id,
    entry.sha256,
    document.source,
    document.title AS document_title,
    document.published,
    entry.page,
    base.page_url(document.url, document.media_type, entry.page) AS page_url,
    entry."start",
    entry."end",
    entry.text,
    entry.recommendation_id,
    document.is_restricted
FROM base.entry JOIN base.document USING (sha256)
WHERE entry.scope = 'documents';
COMMENT ON VIEW passages IS 'One row a paragraph-sized stretch of a document: everything that was read, recommendation or not.';
COMMENT ON COLUMN passages.passage_id IS 'Hash of document, page and offset.';
COMMENT ON COLUMN passages.sha256 IS 'The document.';
COMMENT ON COLUMN passages.source IS 'The stream.';
COMMENT ON COLUMN passages.document_title IS 'Title of the document. A coroner''s title may hold a name.';
COMMENT ON COLUMN passages.published IS 'Publication day.';
COMMENT ON COLUMN passages.page IS 'Page, counted from 1.';
COMMENT ON COLUMN passages.page_url IS 'Address that opens it there.';
COMMENT ON COLUMN passages."start" IS 'Offset into the page''s raw text.';
COMMENT ON COLUMN passages."end" IS 'Offset of the end.';
COMMENT ON COLUMN passages.text IS 'The text. May hold names.';
COMMENT ON COLUMN passages.recommendation_id IS 'The recommendation it is part of, sharing at least half of the shorter; NULL: none.';
COMMENT ON COLUMN passages.is_restricted IS 'True: not in the public file. Do not pass on.';
