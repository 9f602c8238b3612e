// SPDX-FileCopyrightText: 2026 The outofband.amt contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// MeshCentral's AMT stack from the given folder against one device. Reads JSON {host, port, user, password, tls,
// fingerprint, steps}, prints a JSON list with an answer per step: {status, body}; body is null where there is none, and
// the list is shorter where the stack gave up.
'use strict'
const path = require('path')
const { readFileSync } = require('fs')

const folder = process.argv[2]
const given = JSON.parse(readFileSync(0, 'utf8'))

const wire = require(path.join(folder, 'amt-wsman-comm.js'))(
  given.host, given.port, given.user, given.password, given.tls ? 1 : 0
)
wire.xtlsFingerprint = given.fingerprint || 0
const amt = require(path.join(folder, 'amt.js'))(require(path.join(folder, 'amt-wsman.js'))(wire))

const steps = {
  get: (step, done) => amt.Get(step.class, done),
  enumerate: (step, done) => amt.Enum(step.class, done),
  modify: (step, done) => amt.Get(step.class, (stack, name, response) => {
    const settings = Object.assign(response.Body, step.changes)
    step.without.forEach((property) => delete settings[property])
    amt.Put(step.class, settings, done, 0, 1)
  }),
  power: (step, done) => amt.RequestPowerStateChange(step.state, done),
  role: (step, done) => amt.SetBootConfigRole(step.role, done),
  events: (step, done) => amt.GetMessageLog((stack, found, tag, status) => done(stack, '', { Body: found }, status)),
  audit: (step, done) => amt.GetAuditLog((stack, found, status) => done(stack, '', { Body: found }, status)),
  order: (step, done) => amt.CIM_BootConfigSetting_ChangeBootOrder(step.source, done)
}

const answers = []

function finish () {
  process.stdout.write(JSON.stringify(answers), () => process.exit(0))
}

function next () {
  const step = given.steps.shift()
  if (step === undefined) return finish()
  steps[step.do](step, (stack, name, response, status) => {
    answers.push({ status, body: response && response.Body !== undefined ? response.Body : response || null })
    setImmediate(next)
  })
}

// The stack drops what it was asked, without a word, once it does not trust the certificate.
process.once('beforeExit', finish)
next()
