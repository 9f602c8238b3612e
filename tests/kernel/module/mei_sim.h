/* SPDX-FileCopyrightText: 2026 The outofband.amt contributors */
/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mei_sim: a management engine for the stock mei.ko, with its firmware in another process.
 *
 * One real struct mei_device. Its two message buffers are carried by /dev/mei-sim as records, one for each read()
 * or write(): __u32 type, then data, little-endian.
 *
 *   to the firmware    MESSAGE    raw HECI message: header of 4 bytes and payload
 *                      RESET      the driver reset the link: forget everything and answer READY
 *                      HOST_READY the driver has done its part of a reset
 *   from the firmware  READY      the first one plugs the device in
 *                      STATUS     the six firmware status registers
 *                      NOT_READY  the firmware resets by itself
 *                      CONFIG     struct sim_config, before the first READY
 *                      MESSAGE    as above
 *
 * close() of /dev/mei-sim is a firmware that resets and takes its time: the driver waits for it as long as PATIENCE.
 * Somebody who opens the node later than that plugs in a new device. Unbinding the PCI driver is a hot unplug.
 */
#ifndef MEI_SIM_H
#define MEI_SIM_H

#include <linux/pci.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "mei_dev.h"

enum record_type {
	RECORD_MESSAGE = 1,
	RECORD_RESET,
	RECORD_HOST_READY,
	RECORD_READY = 16,
	RECORD_STATUS,
	RECORD_NOT_READY,
	RECORD_CONFIG,
};

#define DEPTH 128		/* slots of 4 bytes in each direction, as on real hardware */
#define STATUS_REGISTERS 6
#define PATIENCE (20 * HZ)

struct sim_config {
	__le16 vendor, device;	/* PCI ids to show, 0: leave them */
	__u8 version_in_sysfs;	/* the firmware answers a question for its version */
	__u8 slow;		/* the driver's long time limits */
	__u8 reserved[2];
} __packed;

/* What follows struct mei_device. Under records_lock: everything but `interrupt`. */
struct sim_hardware {
	bool host_ready;
	bool engine_ready;
	bool lost;		/* the firmware went away since the last reset of the link */
	bool unplugged;
	u32 filled;		/* slots that the firmware has not read yet */
	u32 ring[DEPTH];	/* slots for the driver */
	u32 first, count;
	struct work_struct interrupt;
};

static inline struct sim_hardware *hardware_of(struct mei_device *engine)
{
	return (struct sim_hardware *)engine->hw;
}

/* records.c: what waits for the firmware */
extern spinlock_t records_lock;
extern wait_queue_head_t records_wait;
int records_push(struct mei_device *engine, u32 type, const void *header, size_t header_size,
		 const void *data, size_t size, u32 slots);
ssize_t records_pop(struct mei_device *engine, u8 *data, size_t size, bool *emptied);
bool records_waiting(void);
void records_flush(void);
bool firmware_present(void);
void firmware_set_present(bool present);

/* hardware.c: what mei.ko sees */
extern const struct mei_hw_ops sim_operations;
extern __le32 sim_status[STATUS_REGISTERS];
void interrupt_work(struct work_struct *work);
void raise_interrupt(struct mei_device *engine);

/* parent.c: the PCI device, plugging in and out */
struct mei_device *plugged_engine(void);
int plug_in(const struct sim_config *config);

/* node.c: /dev/mei-sim */
extern struct miscdevice sim_node;

#endif
