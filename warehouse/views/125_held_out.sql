CREATE VIEW held_out AS
WITH refused AS (
    SELECT recommendation_id, reviewer, reviewed_on
    FROM base.review
    WHERE question = 'extraction' AND answer = 'no'
    QUALIFY row_number() OVER (PARTITION BY recommendation_id ORDER BY recorded_at DESC, review_id DESC) = 1
)
SELECT
    held_out.text,
    CASE WHEN refused.recommendation_id IS NULL THEN 'not found again in the document'
         ELSE 'a person said that it is no ask' END AS why,
    TRY_CAST(held_out.kind AS kind) AS kind,
    held_out.label,
    held_out.confidence,
    held_out.grammar,
    document.body,
    document.source,
    document.published,
    document.title AS document_title,
    held_out.page,
    held_out.page_end,
    base.page_url(document.url, document.media_type, held_out.page) AS page_url,
    refused.reviewer,
    refused.reviewed_on,
    document.is_restricted,
    held_out.sha256,
    held_out.recommendation_id
FROM base.held_out
JOIN base.document USING (sha256)
LEFT JOIN refused USING (recommendation_id)
ORDER BY document.published DESC NULLS LAST, held_out.sha256, held_out.page, held_out.recommendation_id;
COMMENT ON VIEW held_out IS 'One row a text that was extracted and counts nowhere: it was not found again in the bytes, or a person said that it is no ask.';
COMMENT ON COLUMN held_out.text IS 'As extracted.';
COMMENT ON COLUMN held_out.why IS 'Why it is held out.';
COMMENT ON COLUMN held_out.kind IS 'As extracted.';
COMMENT ON COLUMN held_out.label IS 'Number or letter as printed; NULL: none.';
COMMENT ON COLUMN held_out.confidence IS 'Extractor''s confidence, 0 to 1; not a probability.';
COMMENT ON COLUMN held_out.grammar IS 'Name of the grammar that read it.';
COMMENT ON COLUMN held_out.body IS 'Who published the document.';
COMMENT ON COLUMN held_out.source IS 'The stream.';
COMMENT ON COLUMN held_out.published IS 'Publication day of the document; NULL: not known.';
COMMENT ON COLUMN held_out.document_title IS 'Title of the document. A coroner''s title may hold a name.';
COMMENT ON COLUMN held_out.page IS 'Its first page.';
COMMENT ON COLUMN held_out.page_end IS 'Its last page.';
COMMENT ON COLUMN held_out.page_url IS 'Address that opens the document there; a web page has no pages.';
COMMENT ON COLUMN held_out.reviewer IS 'Who said that it is no ask; NULL: nobody was asked.';
COMMENT ON COLUMN held_out.reviewed_on IS 'And on which day.';
COMMENT ON COLUMN held_out.is_restricted IS 'True: not in the public file.';
COMMENT ON COLUMN held_out.sha256 IS 'The document; joins to documents.';
COMMENT ON COLUMN held_out.recommendation_id IS 'Hash of document and text: to be given back in a review with is_an_ask yes.';
