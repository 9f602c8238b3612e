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

function build (call) {
  const owner = messages[call.namespace][call.class]
  if (owner === undefined) return call.method === 'Get' ? assemble(call) : null
  const builder = owner[call.method]
  return builder === undefined ? null : builder.apply(owner, call.arguments)
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(build)))
