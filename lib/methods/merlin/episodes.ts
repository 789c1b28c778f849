export type { GoalEpisodes } from "../../environments/mod.ts";
