// SPDX-FileCopyrightText: 2026 The outofband.amt contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a JSON list of calls {verb, class, ...}, prints the request documents that MeshCentral's AMT stack in the given
// folder would send for them; null for what it cannot send.
'use strict'
const path = require('path')
const { readFileSync } = require('fs')

const folder = process.argv[2]
const sent = []
const wire = { PendingAjax: [], ActiveAjaxCount: 0, PerformAjax: (document) => sent.push(document) }
const wsman = require(path.join(folder, 'amt-wsman.js'))(wire)
const amt = require(path.join(folder, 'amt.js'))(wsman)
const ignore = () => {}

const verbs = {
  get: (call, uri) => wsman.ExecGet(uri, ignore),
  enumerate: (call, uri) => wsman.ExecEnum(uri, ignore),
  pull: (call, uri) => wsman.ExecPull(uri, call.context, ignore),
  create: (call, uri) => wsman.ExecCreate(uri, call.properties, ignore, 0, 0, null),
  delete: (call, uri) => wsman.ExecDelete(uri, call.selectors, ignore),
  put: (call, uri) => wsman.ExecPut(uri, call.properties, ignore, 0, 0, call.selectors),
  RequestPowerStateChange: (call) => amt.RequestPowerStateChange(call.state, ignore),
  RequestOSPowerSavingStateChange: (call) => amt.RequestOSPowerStateChange(call.state, ignore),
  SetBootConfigRole: (call) => amt.SetBootConfigRole(call.role, ignore),
  ChangeBootOrder: () => amt.CIM_BootConfigSetting_ChangeBootOrder(null, ignore)
}

// Its methods take what firmware is given one by one, under the same names, and a function to call back.
function invoke (call) {
  const method = amt[call.class + '_' + call.verb]
  if (method === undefined || !call.named) return
  const parameters = method.toString().match(/\(([^)]*)\)/)[1].split(',').map((each) => each.trim())
  method(...parameters.map((each) => each === 'callback_func' ? ignore : each in call.named ? call.named[each] : null))
}

function build (call) {
  const before = sent.length
  if (verbs[call.verb]) verbs[call.verb](call, amt.CompleteName(call.class))
  else if ('named' in call) invoke(call)
  return sent.length === before ? null : sent[before]
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(build)))
