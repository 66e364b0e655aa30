"use strict";
const { agentIntrospectSchema } = require("./introspect.js");
const { agentPreflight } = require("./preflight.js");
const { agentQuery } = require("./query.js");

/*
 * Looks at a Supabase project from scripts and one-liners on plain Node ≥ 20:
 *
 *   const ops = require("./scripts/supa-agent-ops");
 *   await ops.agentQuery({ table: "datasets", limit: 5 });
 *
 * Nothing here throws: every answer is {success: true, data} or {success: false, error}. The
 * project is the one in the environment variables or in the nearest .env.local.
 */
module.exports = { agentIntrospectSchema, agentPreflight, agentQuery };
