CREATE VIEW base.framing AS
WITH pulled AS (
    SELECT recommendation.ask_id, list_sort(list_distinct(flatten(list(trait.levers)))) AS levers
    FROM base.recommendation JOIN base.trait USING (recommendation_id)
    GROUP BY recommendation.ask_id
),
spread AS (
    -- Where the asks of a common recommendation, over all of them, would have to change things.
    SELECT ask.common_id, list_sort(list_distinct(flatten(list(pulled.levers)))) AS levers
    FROM base.ask JOIN pulled USING (ask_id)
    WHERE ask.common_id IS NOT NULL AND ask.is_recurring
    GROUP BY ask.common_id
),
judged AS (
    SELECT
        ask.ask_id,
        coalesce(CASE WHEN ask.is_recurring THEN spread.levers END, pulled.levers, []) AS levers,
        CASE WHEN ask.is_recurring THEN coalesce(common.recurring_bodies, []) ELSE [] END AS bodies,
        CASE WHEN ask.is_recurring THEN coalesce(common.after_closure_count, 0) ELSE 0 END AS after_closure_count,
        ask.is_recurring AND coalesce(common.is_perennial, FALSE) AS is_perennial,
        coalesce(common.recurring_year_count, 0) AS year_count
    FROM base.ask
    LEFT JOIN pulled ON pulled.ask_id = ask.ask_id
    LEFT JOIN common_recommendations AS common ON common.common_id = ask.common_id
    LEFT JOIN spread ON spread.common_id = ask.common_id
),
ruled AS (
    SELECT
        judged.*,
        CASE
            WHEN after_closure_count > 0 THEN 'recurred'
            WHEN is_perennial THEN 'perennial'
            WHEN len(levers) >= 3 AND len(bodies) >= 2 THEN 'spread'
            ELSE 'tame'
        END AS reason
    FROM judged
)
SELECT
    ask_id,
    CASE WHEN reason = 'tame' THEN 'tame' ELSE 'wicked' END AS framing,
    CASE reason
        WHEN 'recurred' THEN 'wicked: the same thing was asked again after it was accepted or closed; discuss it'
        WHEN 'perennial' THEN 'wicked: the same thing keeps being asked, in enough years and by enough bodies; discuss it'
        WHEN 'spread' THEN 'wicked: it takes three levers or more and two bodies or more ask for it; discuss it'
        ELSE 'tame: no recurrence that meets the rule; track it to completion'
    END AS framing_rule,
    concat_ws('; ',
        CASE WHEN after_closure_count > 0
            THEN 'asked again after acceptance or closure: '
                || after_closure_count || CASE after_closure_count WHEN 1 THEN ' time' ELSE ' times' END END,
        CASE WHEN year_count > 0 AND len(bodies) > 0
            THEN 'asked in ' || year_count || CASE year_count WHEN 1 THEN ' year' ELSE ' years' END || ' of the window by ' || array_to_string(bodies, ', ') END,
        CASE WHEN len(levers) > 0 THEN 'levers: ' || array_to_string(levers, ', ') ELSE 'no lever found in the words' END
    ) AS framing_evidence,
    CASE
        WHEN reason = 'tame' THEN 'Track it to completion.'
        WHEN len(levers) > 1 THEN 'Discuss it before it is ticked: who owns ' || array_to_string(levers, ', ')
            || ' together, and why did earlier action not last?'
        ELSE 'Discuss it before it is ticked: why did earlier action not last?'
    END AS suggestion,
    levers AS framing_levers
FROM ruled;
COMMENT ON VIEW base.framing IS 'One row an ask: tame or wicked, by which rule, on what evidence, and what that suggests.';
COMMENT ON COLUMN base.framing.ask_id IS 'The ask.';
COMMENT ON COLUMN base.framing.framing IS 'tame or wicked.';
COMMENT ON COLUMN base.framing.framing_rule IS 'The rule that decided, in words.';
COMMENT ON COLUMN base.framing.framing_evidence IS 'What the rule rests on: asks after closure, years and bodies, levers.';
COMMENT ON COLUMN base.framing.suggestion IS 'What the framing suggests.';
COMMENT ON COLUMN base.framing.framing_levers IS 'Levers of the ask, or of all the asks of its common recommendation where it recurs.';
