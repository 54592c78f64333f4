CREATE MACRO base.bare_word(token) AS regexp_replace(token, '(ies|es|s|y)$', '');
COMMENT ON MACRO base.bare_word IS 'A word without a plural ending, for words that no text has in the form of the query.';
