-- A batch of holds asks what its holders have already. Where shows had a few holds each when the planner last looked,
-- reading all holds of the show by the primary key seemed as good as asking for each holder, and a connection keeps
-- its plan while one of the shows fills. `show_id + 0` fits no index but this one, so whoever asks for live holds by it
-- gets them from here. And with a condition that only they repeat, the question whether any hold is due cannot read
-- this index from end to end, as it did where the table was known to be empty. (A live hold has a version.)
DROP INDEX holds_by_holder;
CREATE INDEX live_holds ON holds ((show_id + 0), holder) WHERE status = 'held' AND version > 0;
