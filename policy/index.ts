/**
 * The policy pack: `pulumi up --policy-pack node_modules/pulumi-msem-policy`. The engine starts this file in a process of
 * its own, with the stack's configuration in its environment.
 */
import { PolicyPack } from "@pulumi/policy";
import { runtime } from "@pulumi/pulumi";
import { configuredValues } from "./judgements/credentials";
import { policiesOf } from "./policies";

new PolicyPack("pulumi-msem", { policies: policiesOf(configuredValues(runtime.allConfig())) });
