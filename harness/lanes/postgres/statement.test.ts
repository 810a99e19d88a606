import { expect, test } from "vitest";
import { nameOf } from "./statement.ts";

test.each([
  ["begin isolation level read committed; set local lock_timeout = 2000", "begin"],
  ["commit", "commit"],
  ['insert into "events" ("type") values ($1)', "insert into events"],
  ['with "member" as (insert into "workspace_members" values ($1)) select "id" from "member"', "insert into workspace_members"],
  ["UPDATE cells SET value = 1", "UPDATE cells"],
  ['delete from "session_records" where "key" = $1', "delete from session_records"],
  ['select "a" from "cells" for update', "select from cells"],
  ["listen session_records", "listen"],
  ["", ""],
])("%s is called %s", (text, name) => {
  expect(nameOf(text)).toBe(name);
});
