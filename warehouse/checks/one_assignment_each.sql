-- Every recommendation was looked at once: its themes, or that the classifier abstained, never both.
SELECT recommendation_id, count(assignment.recommendation_id) AS assignment_count, 'not exactly one assignment' AS problem
FROM base.recommendation LEFT JOIN base.assignment USING (recommendation_id)
GROUP BY recommendation_id HAVING count(assignment.recommendation_id) <> 1
UNION ALL
SELECT recommendation_id, count(*), 'the same theme twice' FROM base.assigned_theme GROUP BY recommendation_id, theme HAVING count(*) > 1
UNION ALL
SELECT recommendation_id, count(assigned_theme.theme), 'abstained and themed, or neither'
FROM base.assignment LEFT JOIN base.assigned_theme USING (recommendation_id)
GROUP BY recommendation_id, is_abstained HAVING is_abstained = (count(assigned_theme.theme) > 0)
ORDER BY ALL
