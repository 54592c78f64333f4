-- Every coded value is one of its type (schema/008_types.sql), and every probability lies between 0 and 1.
SELECT 'recommendation.kind' AS column_name, recommendation_id AS id, kind AS bad_value FROM base.recommendation
WHERE TRY_CAST(kind AS kind) IS NULL
UNION ALL
SELECT 'recommendation.status', recommendation_id, status FROM base.recommendation
WHERE status NOT IN
    ('accepted', 'accepted in part', 'accepted in principle', 'under consideration', 'rejected', 'noted')
UNION ALL
SELECT 'recommendation.confidence', recommendation_id, CAST(confidence AS VARCHAR) FROM base.recommendation
WHERE NOT confidence BETWEEN 0 AND 1
UNION ALL
SELECT 'assigned_theme.score', recommendation_id, CAST(score AS VARCHAR) FROM base.assigned_theme WHERE NOT score BETWEEN 0 AND 1
UNION ALL
SELECT 'link.link_type', earlier_id, link_type FROM base.link WHERE TRY_CAST(link_type AS link_type) IS NULL
UNION ALL
SELECT 'identity_event.event', common_id, event FROM base.identity_event
WHERE TRY_CAST(event AS group_event) IS NULL
UNION ALL
SELECT 'review.question', review_id, question FROM base.review
WHERE TRY_CAST(question AS question) IS NULL
UNION ALL
SELECT 'review.answer', review_id, answer FROM base.review
WHERE question = 'theme' AND (answer NOT IN ('right', 'wrong', 'add', 'withdrawn') OR theme IS NULL)
UNION ALL
SELECT 'review.answer', review_id, answer FROM base.review
WHERE question = 'same_ask' AND (answer NOT IN ('yes', 'no', 'withdrawn') OR common_id IS NULL)
UNION ALL
SELECT 'review.answer', review_id, answer FROM base.review
WHERE question = 'plain_name' AND (answer = '' OR common_id IS NULL)
UNION ALL
SELECT 'review.answer', review_id, answer FROM base.review
WHERE question = 'status' AND answer NOT IN
    ('accepted', 'accepted in part', 'accepted in principle', 'under consideration', 'rejected', 'noted', 'done',
     'not ours', 'withdrawn')
UNION ALL
SELECT 'issue.level', coalesce(document, source), level FROM base.issue WHERE TRY_CAST(level AS level) IS NULL
UNION ALL
SELECT 'proposal.state', proposal_id, state FROM base.proposal
WHERE TRY_CAST(state AS proposal_state) IS NULL
UNION ALL
SELECT 'theme.kind', theme, kind FROM base.theme WHERE TRY_CAST(kind AS theme_kind) IS NULL
UNION ALL
SELECT 'run.state', run_id, state FROM base.run WHERE TRY_CAST(state AS run_state) IS NULL
ORDER BY ALL
