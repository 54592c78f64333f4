CREATE VIEW perennial_recommendations AS
SELECT *
FROM common_recommendations
WHERE is_perennial
ORDER BY recurring_year_count DESC, recurring_body_count DESC, ask_count DESC, common_id;
COMMENT ON VIEW perennial_recommendations IS 'The common recommendations that keep coming back by the stated rule (see parameters), the most persistent first. Near misses are in common_recommendations.';
COMMENT ON COLUMN perennial_recommendations.common_id IS 'Outlives re-clustering; what became of it in each night is in common_recommendation_history.';
COMMENT ON COLUMN perennial_recommendations.representative_id IS 'Its most central recommendation.';
COMMENT ON COLUMN perennial_recommendations.text IS 'Verbatim text of that one recommendation, not a summary of the group.';
COMMENT ON COLUMN perennial_recommendations.plain_name IS 'What a theme lead calls it (column plain_name of a review); until somebody does, the first of its keywords.';
COMMENT ON COLUMN perennial_recommendations.named_by IS 'Who named it; NULL: nobody has. A neutral word in the public file, where a group with restricted rows has no name.';
COMMENT ON COLUMN perennial_recommendations.named_on IS 'The day it was named.';
COMMENT ON COLUMN perennial_recommendations.keywords IS 'Words that mark the group.';
COMMENT ON COLUMN perennial_recommendations.themes IS 'Themes of its members as they stand; [] when none has one.';
COMMENT ON COLUMN perennial_recommendations.recommendation_count IS 'Rows in the group, reprints and restatements included: do not read as how often it was asked.';
COMMENT ON COLUMN perennial_recommendations.ask_count IS 'How often it was asked: documents that ask it. Reprints, and further asks in one document, count once; restatements without their report not at all.';
COMMENT ON COLUMN perennial_recommendations.document_count IS 'Documents that print it.';
COMMENT ON COLUMN perennial_recommendations.strength IS 'How surely it is one ask, and by how many: the score of its two least alike members, reprints and restatements left out (log-odds above the cut at which two rows count as one ask), plus the natural logarithm of bodies + years - 1. So many rows on one topic are not strong, however many. NULL: asked once only, or a member is withheld.';
COMMENT ON COLUMN perennial_recommendations.bodies IS 'Who asked.';
COMMENT ON COLUMN perennial_recommendations.sources IS 'Streams the asks came from.';
COMMENT ON COLUMN perennial_recommendations.years IS 'Calendar years of the asks, all years.';
COMMENT ON COLUMN perennial_recommendations.first_published IS 'Publication day of the first ask.';
COMMENT ON COLUMN perennial_recommendations.last_published IS 'Publication day of the latest ask.';
COMMENT ON COLUMN perennial_recommendations.longest_gap_days IS 'Longest time in days between one ask and the next; NULL with fewer than two dated asks.';
COMMENT ON COLUMN perennial_recommendations.gaps_days IS 'Days between each ask and the next, the longest first; [] with fewer than two dated asks.';
COMMENT ON COLUMN perennial_recommendations.undated_count IS 'Of ask_count, those without a publication day; they count in no year.';
COMMENT ON COLUMN perennial_recommendations.recurring_years IS 'Calendar years inside the window with an ask that a reiterated or independent link joins to another ask.';
COMMENT ON COLUMN perennial_recommendations.recurring_bodies IS 'Bodies of those asks.';
COMMENT ON COLUMN perennial_recommendations.recurring_year_count IS 'Length of recurring_years: compared with years_needed.';
COMMENT ON COLUMN perennial_recommendations.recurring_body_count IS 'Length of recurring_bodies: compared with bodies_needed.';
COMMENT ON COLUMN perennial_recommendations.after_closure_count IS 'Asks published after another ask of the group was accepted (in full, in part or in principle) or done. More than 0 is perennial whatever the years.';
COMMENT ON COLUMN perennial_recommendations.document_read_count IS 'Denominator: documents read in the window from the sources that asked. A small number makes any verdict weak.';
COMMENT ON COLUMN perennial_recommendations.year_read_count IS 'Denominator: years of the window in which at least one document of those sources was read. Fewer than years_needed: the verdict could hardly have been yes.';
COMMENT ON COLUMN perennial_recommendations.documents_read IS 'Denominator in full: documents read per source and year of the window, 0 where none was.';
COMMENT ON COLUMN perennial_recommendations.is_perennial IS 'The stated rule (see parameters): enough years and enough bodies in the window, or asked again after acceptance or closure.';
COMMENT ON COLUMN perennial_recommendations.verdict IS 'The rule''s answer in words.';
COMMENT ON COLUMN perennial_recommendations.is_perennial_one_year_fewer IS 'The verdict if one year fewer were needed.';
COMMENT ON COLUMN perennial_recommendations.is_perennial_one_year_more IS 'The verdict if one year more were needed.';
COMMENT ON COLUMN perennial_recommendations.is_perennial_one_body_fewer IS 'The verdict if one body fewer were needed.';
COMMENT ON COLUMN perennial_recommendations.is_perennial_one_body_more IS 'The verdict if one body more were needed.';
COMMENT ON COLUMN perennial_recommendations.sensitivity IS 'The verdict for each number of years and bodies that could be needed: read how far it hangs on the rule.';
