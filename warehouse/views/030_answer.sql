CREATE VIEW base.answer AS
WITH letter_text AS (
    -- Whole paragraphs, so that the text stays verbatim; all of them are in passages.
    SELECT sha256, left(string_agg(text, chr(10) || chr(10) ORDER BY page, "start", entry_id), 4000) AS response_text
    FROM base.entry SEMI JOIN base.letter USING (sha256)
    WHERE scope = 'documents'
    GROUP BY sha256
),
said AS (
    SELECT
        ask_id,
        recommendation_id,
        status,
        status_text,
        response_text,
        coalesce(response_page, page) AS response_page,
        sha256,
        FALSE AS is_letter
    FROM base.recommendation
    WHERE status IS NOT NULL OR response_text IS NOT NULL
    UNION ALL
    SELECT DISTINCT asked.ask_id, letter.sha256, NULL, NULL, letter_text.response_text, 1, letter.sha256, TRUE
    FROM base.letter
    JOIN base.recommendation AS asked ON asked.sha256 = letter.answered_sha256 AND asked.kind <> 'quoted_recommendation'
    LEFT JOIN letter_text ON letter_text.sha256 = letter.sha256
)
SELECT
    said.ask_id,
    said.recommendation_id,
    said.status,
    said.status_text,
    said.response_text,
    said.response_page,
    document.sha256,
    document.title,
    document.url,
    document.media_type,
    document.source,
    document.published AS answered_on,
    document.fetched_at,
    said.is_letter,
    -- A reply on a page of its own may carry the asking body; then it is from whom it was sent to.
    CASE
        WHEN asked_in.sha256 = document.sha256 THEN NULL
        WHEN document.body <> asked_in.body THEN document.body
        ELSE document.recipients[1]
    END AS answered_by
FROM said
JOIN base.document USING (sha256)
JOIN base.recommendation AS asked ON asked.recommendation_id = said.ask_id
JOIN base.document AS asked_in ON asked_in.sha256 = asked.sha256;
COMMENT ON VIEW base.answer IS 'One row an answer to an ask: printed beside it, in a response that restates it, or a letter that answers its whole document.';
COMMENT ON COLUMN base.answer.ask_id IS 'The ask answered.';
COMMENT ON COLUMN base.answer.recommendation_id IS 'The row the answer is printed with; of a letter its document.';
COMMENT ON COLUMN base.answer.status IS 'What it says, reduced to a few words; NULL: it does not say, as letters do not.';
COMMENT ON COLUMN base.answer.status_text IS 'The words that gave the status.';
COMMENT ON COLUMN base.answer.response_text IS 'The answer; of a letter its first 4,000 characters.';
COMMENT ON COLUMN base.answer.response_page IS 'Its page.';
COMMENT ON COLUMN base.answer.sha256 IS 'The document it is printed in.';
COMMENT ON COLUMN base.answer.title IS 'Title of that document.';
COMMENT ON COLUMN base.answer.url IS 'Address of that document.';
COMMENT ON COLUMN base.answer.media_type IS 'By content: a page number means nothing in a web page.';
COMMENT ON COLUMN base.answer.source IS 'Source of that document.';
COMMENT ON COLUMN base.answer.answered_on IS 'Publication day of that document.';
COMMENT ON COLUMN base.answer.fetched_at IS 'When that document was first fetched, UTC.';
COMMENT ON COLUMN base.answer.is_letter IS 'True: the whole document is the answer, to everything the other asks.';
COMMENT ON COLUMN base.answer.answered_by IS 'Who answers; NULL: printed beside the ask, or not known.';
