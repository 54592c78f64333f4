CREATE MACRO base.code_of(vector) AS
    CAST(rpad(
        array_to_string(list_transform(vector, lambda number: CASE WHEN number > 0 THEN '1' ELSE '0' END), ''),
        CAST(8 * ceil(len(vector) / 8) AS INTEGER), '0') AS BIT);
COMMENT ON MACRO base.code_of IS 'The signs of a vector, as base.embedding.code has them.';

-- Words and meaning each name their best thousand; only those are weighed by both. Meaning's are found by the signs of
-- the vectors, which takes a twentieth of the time of all the cosines.
CREATE MACRO base.rank_texts(stems, meant, wanted, allowed) AS TABLE
WITH sought AS (
    SELECT term_no, rarity FROM base.term WHERE scope = wanted AND stem IN (SELECT unnest(stems))
),
-- The most a text could score: every word of the query, endlessly often. A word that no text has would be the rarest
-- of all: it counts, so that a poor match looks poor.
top AS (
    SELECT 255.0 * greatest(1,
        coalesce(sum(rarity), 0)
        + (len(stems) - count(rarity)) * round(1000 * ln(1 + (any_value(entry_count) + 0.5) / 0.5))) AS points
    FROM (SELECT entry_count FROM base.scope WHERE scope = wanted) LEFT JOIN sought ON TRUE
),
word AS MATERIALIZED (
    SELECT entry_no, CAST(sum(rarity * weight) AS BIGINT) AS points
    FROM base.posting JOIN sought USING (term_no)
    WHERE allowed IS NULL OR entry_no IN (SELECT unnest(allowed))
    GROUP BY entry_no
),
near AS (
    SELECT entry_no
    FROM base.embedding
    WHERE meant IS NOT NULL AND scope = wanted AND (allowed IS NULL OR entry_no IN (SELECT unnest(allowed)))
    ORDER BY bit_count(xor(code, base.code_of(meant))), entry_no
    LIMIT 1000
),
chosen AS (
    SELECT entry_no FROM (SELECT entry_no FROM word ORDER BY points DESC, entry_no LIMIT 1000)
    UNION
    SELECT entry_no FROM near
),
meaning AS (
    SELECT entry_no, greatest(list_cosine_similarity(CAST(vector AS FLOAT[]), CAST(meant AS FLOAT[])), 0) AS cosine
    FROM base.embedding JOIN chosen USING (entry_no)
    WHERE meant IS NOT NULL
),
share AS (SELECT CASE WHEN meant IS NULL THEN 0 ELSE 0.5 END AS of_meaning)
SELECT
    entry_no,
    round(of_meaning * coalesce(cosine, 0) + (1 - of_meaning) * coalesce(word.points, 0) / top.points, 6) AS score
FROM chosen CROSS JOIN top CROSS JOIN share LEFT JOIN word USING (entry_no) LEFT JOIN meaning USING (entry_no);
COMMENT ON MACRO TABLE base.rank_texts IS 'Texts of a scope by words (BM25 of their stems) and meaning (cosine to the vector meant; NULL: words alone), half each; allowed: entry numbers to keep to, NULL: all. Scores run from 0 to 1.';

-- SQL has no stemmer: a word that no text has in this form matches one that differs by a plural ending only. One that
-- matches nothing stands for itself, since it counts in the most that a text could score.
CREATE MACRO base.find_stems(words) AS (
    WITH known AS (
        SELECT asked.token, word.stem
        FROM (SELECT DISTINCT unnest(list_words(words)) AS token) AS asked LEFT JOIN base.word USING (token)
    )
    SELECT coalesce(list_filter(list(DISTINCT coalesce(known.stem, alike.stem, known.token)), lambda stem: stem <> ''), [])
    FROM known LEFT JOIN base.word AS alike ON known.stem IS NULL AND alike.bare = base.bare_word(known.token)
);
COMMENT ON MACRO base.find_stems IS 'Stems of the words of a query.';

CREATE MACRO search_recommendations(words, how_many := 20, meant := NULL) AS TABLE
SELECT found.score, recommendations.*
FROM (
    SELECT score, entry_no FROM base.rank_texts(base.find_stems(words), meant, 'recommendations', NULL)
    WHERE score > 0 ORDER BY score DESC, entry_no LIMIT how_many
) AS found
JOIN base.entry USING (entry_no)
JOIN recommendations ON recommendations.recommendation_id = entry.recommendation_id
ORDER BY found.score DESC, recommendations.recommendation_id;
COMMENT ON MACRO TABLE search_recommendations IS 'Search over recommendations, best first: FROM search_recommendations(''missing child'', how_many := 10). Plurals and tenses match. By keywords alone, unless the query''s vector is given: meant := $vector. Quotes mean nothing here; the command `perennial search` has phrases.';

CREATE MACRO search_passages(words, how_many := 20, meant := NULL) AS TABLE
SELECT found.score, passages.*
FROM (
    SELECT score, entry_no FROM base.rank_texts(base.find_stems(words), meant, 'documents', NULL)
    WHERE score > 0 ORDER BY score DESC, entry_no LIMIT how_many
) AS found
JOIN base.entry USING (entry_no)
JOIN passages ON passages.passage_id = entry.entry_id
ORDER BY found.score DESC, passages.passage_id;
COMMENT ON MACRO TABLE search_passages IS 'As search_recommendations, over every passage of every document: FROM search_passages(''custody cell checks'').';

CREATE MACRO similar_recommendations(id, how_many := 20) AS TABLE
WITH mine AS (
    SELECT entry_no, code, vector
    FROM base.embedding JOIN base.entry USING (entry_no)
    WHERE entry.scope = 'recommendations' AND entry.recommendation_id = id
),
near AS (
    SELECT embedding.entry_no, embedding.vector, mine.vector AS own
    FROM base.embedding CROSS JOIN mine
    WHERE embedding.scope = 'recommendations' AND embedding.entry_no <> mine.entry_no
    ORDER BY bit_count(xor(embedding.code, mine.code)), embedding.entry_no
    LIMIT 1000
)
SELECT list_cosine_similarity(CAST(near.vector AS FLOAT[]), CAST(near.own AS FLOAT[])) AS similarity, recommendations.*
FROM near
JOIN base.entry USING (entry_no)
JOIN recommendations ON recommendations.recommendation_id = entry.recommendation_id
ORDER BY similarity DESC, recommendations.recommendation_id
LIMIT how_many;
COMMENT ON MACRO TABLE similar_recommendations IS 'Recommendations nearest in meaning to the one with this id: FROM similar_recommendations(''r0123456789abcdef''). Empty when the file has no vectors.';
