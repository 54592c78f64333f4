-- BM25 (Robertson and Zaragoza 2009) with k1 = 1.2 and b = 0.75, over stems.
CREATE MACRO base.rank_words(stems, wanted) AS TABLE
WITH term AS (SELECT DISTINCT term_no FROM base.term WHERE list_contains(stems, stem)),
corpus AS (SELECT count(*) AS n, greatest(avg(word_count), 1) AS mean_words FROM base.entry_length WHERE scope = wanted),
hit AS (
    SELECT posting.term_no, posting.entry_no, posting.frequency, entry_length.word_count
    FROM base.posting JOIN term USING (term_no) JOIN base.entry_length USING (entry_no)
    WHERE entry_length.scope = wanted
),
rarity AS (
    SELECT term_no, ln(1 + (n - count(*) + 0.5) / (count(*) + 0.5)) AS idf FROM hit CROSS JOIN corpus GROUP BY term_no, n
)
SELECT
    entry_no,
    -- Rounded, because threads may add up in any order.
    round(sum(idf * frequency * 2.2 / (frequency + 1.2 * (0.25 + 0.75 * word_count / mean_words))), 6) AS score
FROM hit JOIN rarity USING (term_no) CROSS JOIN corpus
GROUP BY entry_no;
COMMENT ON MACRO TABLE base.rank_words IS 'BM25 of every text of a scope that has at least one of the stems.';

CREATE MACRO base.best_score(stems, wanted) AS TABLE
WITH corpus AS (SELECT count(*) AS n FROM base.entry_length WHERE scope = wanted),
found AS (
    SELECT term_no, count(*) AS entry_count
    FROM base.posting
    JOIN (SELECT DISTINCT term_no FROM base.term WHERE list_contains(stems, stem)) AS term USING (term_no)
    JOIN base.entry_length USING (entry_no)
    WHERE scope = wanted
    GROUP BY term_no
)
-- A word of the query that no text has would be the rarest of all: it counts, so that a poor match looks poor.
SELECT 2.2 * (coalesce(sum(ln(1 + (n - entry_count + 0.5) / (entry_count + 0.5))), 0)
    + (len(stems) - count(entry_count)) * ln(1 + (any_value(n) + 0.5) / 0.5)) AS max_score
FROM corpus LEFT JOIN found ON TRUE;
COMMENT ON MACRO TABLE base.best_score IS 'The most that any text could score by base.rank_words for these stems.';

-- SQL has no stemmer: besides the word itself and its stem, a word matches another that differs by a plural ending only.
CREATE MACRO base.find_stems(words) AS (
    SELECT coalesce(list(DISTINCT stem), [])
    FROM base.term
    WHERE list_contains(list_words(words), token)
       OR list_contains(list_words(words), stem)
       OR list_contains(
            list_transform(list_words(words), lambda word: regexp_replace(word, '(ies|es|s|y)$', '')),
            regexp_replace(token, '(ies|es|s|y)$', ''))
);
COMMENT ON MACRO base.find_stems IS 'Stems of the words of a query.';

CREATE MACRO search_recommendations(words, how_many := 20) AS TABLE
SELECT found.score, recommendations.*
FROM base.rank_words(base.find_stems(words), 'recommendations') AS found
JOIN base.entry USING (entry_no)
JOIN recommendations ON recommendations.recommendation_id = entry.recommendation_id
ORDER BY found.score DESC, recommendations.recommendation_id
LIMIT how_many;
COMMENT ON MACRO TABLE search_recommendations IS 'Keyword search over recommendations, best first: FROM search_recommendations(''missing child'', how_many := 10). Plurals and tenses match. Quotes mean nothing here; the command `perennial search` has phrases and meaning.';

CREATE MACRO search_passages(words, how_many := 20) AS TABLE
SELECT found.score, passages.*
FROM base.rank_words(base.find_stems(words), 'documents') AS found
JOIN base.entry USING (entry_no)
JOIN passages ON passages.passage_id = entry.entry_id
ORDER BY found.score DESC, passages.passage_id
LIMIT how_many;
COMMENT ON MACRO TABLE search_passages IS 'Keyword search over every passage of every document, best first: FROM search_passages(''custody cell checks'').';

CREATE MACRO similar_recommendations(id, how_many := 20) AS TABLE
SELECT array_cosine_similarity(other.vector, mine.vector) AS similarity, recommendations.*
FROM base.entry AS mine_entry
JOIN base.embedding AS mine ON mine.entry_no = mine_entry.entry_no
JOIN base.entry AS other_entry ON other_entry.scope = 'recommendations' AND other_entry.entry_no <> mine_entry.entry_no
JOIN base.embedding AS other ON other.entry_no = other_entry.entry_no
JOIN recommendations ON recommendations.recommendation_id = other_entry.recommendation_id
WHERE mine_entry.scope = 'recommendations' AND mine_entry.recommendation_id = id
ORDER BY similarity DESC, recommendations.recommendation_id
LIMIT how_many;
COMMENT ON MACRO TABLE similar_recommendations IS 'Recommendations nearest in meaning to the one with this id: FROM similar_recommendations(''r0123456789abcdef''). Empty when the file has no vectors.';
