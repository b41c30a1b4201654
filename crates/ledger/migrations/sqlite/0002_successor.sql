-- What a session's newest token was made from besides the one before it. An
-- empty text stands in sessions from before, whose successors can't be made again.
ALTER TABLE session ADD COLUMN successor_step TEXT NOT NULL DEFAULT '';
