CREATE MACRO list_words(words) AS
    list_filter(regexp_extract_all(strip_accents(lower(words)), '[\p{L}\p{N}]+'), lambda word: length(word) > 1 OR word BETWEEN '0' AND '9');
COMMENT ON MACRO list_words IS 'The words of a text as search sees them: lower case, no accents, no single letters.';
