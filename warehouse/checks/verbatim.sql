-- Every text was found again at its place: its spans hold at least as many characters, and what was not found again is
-- held out, counted, and in no other table.
SELECT recommendation_id AS id, sha256, length(text) AS characters,
    list_sum(list_transform(spans, lambda span: span."end" - span."start")) AS found_again, 'longer than what was found again' AS problem
FROM base.recommendation CROSS JOIN base.parameter
-- In the public file a longer word may stand for a name.
WHERE NOT is_public AND length(text) > 5 + 1.1 * list_sum(list_transform(spans, lambda span: span."end" - span."start"))
UNION ALL
SELECT recommendation_id, sha256, length(text), 0, 'held out, and a recommendation all the same'
FROM base.held_out SEMI JOIN base.recommendation USING (recommendation_id)
UNION ALL
SELECT sha256, sha256, held_out_count, count(held_out.recommendation_id), 'held-out texts that are not listed'
FROM base.document LEFT JOIN base.held_out USING (sha256)
WHERE held_out_count IS NOT NULL
GROUP BY sha256, held_out_count HAVING count(held_out.recommendation_id) <> held_out_count
ORDER BY ALL
