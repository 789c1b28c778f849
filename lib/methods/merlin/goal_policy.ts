export type { GoalPolicy, GoalPolicyInput } from "../../environments/mod.ts";
