// SPDX-FileCopyrightText: 2026 The outofband.amt contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a JSON list of calls {namespace, class, method, arguments}, prints the request documents that the package in the
// given folder builds for them; null for a class or a method that it does not have. Get of a class that it does not have
// is put together with the parts that it makes all its messages of.
'use strict'
const path = require('path')
const { readFileSync } = require('fs')

const folder = process.argv[2]
const namespaces = ['AMT', 'CIM', 'IPS']
const messages = Object.fromEntries(
  namespaces.map((name) => [name, new (require(path.join(folder, name.toLowerCase())).Messages)()])
)

function assemble (call) {
  const maker = messages[call.namespace].wsmanMessageCreator
  const name = call.namespace + '_' + call.class
  const header = maker.createHeader('http://schemas.xmlsoap.org/ws/2004/09/transfer/Get', name, call.arguments[0])
  return maker.createXml(header, maker.createCommonBody.Get())
}

// What a builder takes one by one, by the names of its parameters; null where it takes something else.
function inOrder (builder, named) {
  const given = Object.fromEntries(Object.entries(named || {}).map(([name, value]) => [name.toLowerCase(), value]))
  const parameters = (builder.toString().match(/^\(([^)]*)\)/) || ['', ''])[1].split(',').map((each) => each.trim())
  const values = parameters.filter(Boolean).map((each) => given[each.toLowerCase()])
  return named && !values.includes(undefined) && values.length === Object.keys(given).length ? values : null
}

function build (call) {
  const owner = messages[call.namespace][call.class]
  if (owner === undefined) return call.method === 'Get' ? assemble(call) : null
  const builder = owner[call.method]
  if (builder === undefined) return null
  if (call.method === 'AddAlarm') call.arguments[0].StartTime = new Date(call.arguments[0].StartTime)
  const values = call.arguments || inOrder(builder, call.named)
  return values && builder.apply(owner, values)
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(build)))
