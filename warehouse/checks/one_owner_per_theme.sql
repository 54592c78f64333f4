-- Every theme has one lead.
SELECT theme, list_sort(list(lead)) AS leads, 'more than one entry' AS problem FROM base.theme GROUP BY theme HAVING count(*) > 1
UNION ALL
SELECT theme, [lead], 'no lead' FROM base.theme WHERE trim(lead) = ''
ORDER BY ALL
