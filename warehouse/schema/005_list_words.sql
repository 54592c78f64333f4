CREATE MACRO list_words(words) AS
    regexp_extract_all(strip_accents(lower(words)), '[\p{L}\p{N}]{2,}|[0-9]');
COMMENT ON MACRO list_words IS 'The words of a text as search sees them: lower case, no accents, no single letters.';
