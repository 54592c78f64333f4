-- What the register says of an ask, stated once: for tonight, for one addressee, and for a past moment.
CREATE MACRO base.due_day(deadline, published, sets_a_reply, response_days) AS
    CASE WHEN deadline IS NOT NULL THEN deadline WHEN sets_a_reply THEN published + response_days END;
COMMENT ON MACRO base.due_day IS 'The printed deadline, else the legal days from publication where the law wants a reply.';

-- A coroner and paragraph 28A set a day for the answer; an inspector or auditor sets one for the work.
CREATE MACRO base.due_for(deadline, sets_a_reply) AS
    CASE WHEN sets_a_reply THEN 'answer' WHEN deadline IS NOT NULL THEN 'completion' END;
COMMENT ON MACRO base.due_for IS 'What is due by then: an answer, or completion of the work; NULL: no day is set.';

CREATE MACRO base.is_overdue(due, day, status, wanted, is_unanswered) AS
    coalesce(due < day AND status NOT IN ('done', 'not ours', 'rejected') AND (wanted = 'completion' OR is_unanswered), FALSE);
COMMENT ON MACRO base.is_overdue IS 'True: the day has passed and what was wanted by then is not known to have come.';

CREATE MACRO base.stage_of(status, is_answered, shared_on, themes, last_reviewed_on) AS
    CASE
        WHEN status <> 'none' OR is_answered THEN 'evaluated'
        WHEN shared_on IS NOT NULL THEN 'shared'
        WHEN len(themes) > 0 OR last_reviewed_on IS NOT NULL THEN 'analysed'
        ELSE 'captured'
    END;
COMMENT ON MACRO base.stage_of IS 'The stage of the CASE cycle: captured, analysed, shared or evaluated.';
