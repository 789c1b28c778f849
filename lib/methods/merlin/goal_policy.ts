export type { GoalPolicy, GoalPolicyInput as GoalQuery } from "../../environments/mod.ts";
