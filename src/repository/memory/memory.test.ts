import { describeRepository } from "../repository.contract.testing.ts";
import { openMemoryBackend } from "./backend.testing.ts";

describeRepository("the repository in memory", openMemoryBackend);
