// SPDX-FileCopyrightText: 2026 The outofband.amt contributors
// SPDX-License-Identifier: GPL-2.0-only
/* /dev/mei-sim, where the firmware sits. One process at a time. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/uaccess.h>

#include "mei_sim.h"

#define LARGEST (sizeof(__le32) + DEPTH * sizeof(u32))

static unsigned long opened;
static struct sim_config told;

static int node_open(struct inode *inode, struct file *file)
{
	struct mei_device *engine = plugged_engine();

	if (test_and_set_bit(0, &opened))
		return -EBUSY;
	memset(&told, 0, sizeof(told));
	firmware_set_present(true);
	if (engine)
		wake_up(&engine->wait_hw_ready);
	return 0;
}

/* The engine is not ready. `gone`: so are the messages that it had not read. */
static void engine_lost(struct mei_device *engine, bool gone)
{
	struct sim_hardware *hw = hardware_of(engine);
	unsigned long flags;

	spin_lock_irqsave(&records_lock, flags);
	hw->engine_ready = false;
	hw->lost = true;
	if (gone)
		hw->filled = 0;
	spin_unlock_irqrestore(&records_lock, flags);
	wake_up_interruptible(&records_wait);
	raise_interrupt(engine);
}

static int node_release(struct inode *inode, struct file *file)
{
	struct mei_device *engine = plugged_engine();

	firmware_set_present(false);
	records_flush();
	if (engine)
		engine_lost(engine, true);
	clear_bit(0, &opened);
	return 0;
}

static ssize_t node_read(struct file *file, char __user *buffer, size_t size, loff_t *offset)
{
	struct mei_device *engine;
	u8 record[LARGEST];
	bool emptied = false;
	ssize_t result;

	for (;;) {
		engine = plugged_engine();
		result = records_pop(engine, record, min(size, sizeof(record)), &emptied);
		if (result != -EAGAIN || file->f_flags & O_NONBLOCK)
			break;
		if (wait_event_interruptible(records_wait, records_waiting()))
			return -ERESTARTSYS;
	}
	if (emptied)
		raise_interrupt(engine);
	if (result > 0 && copy_to_user(buffer, record, result))
		return -EFAULT;
	return result;
}

/* False: there is no room, or no engine that is ready. */
static bool fill_ring(struct sim_hardware *hw, const u32 *slots, u32 count)
{
	unsigned long flags;
	bool room;
	u32 i;

	spin_lock_irqsave(&records_lock, flags);
	room = hw->engine_ready && DEPTH - hw->count >= count;
	for (i = 0; room && i < count; i++)
		hw->ring[(hw->first + hw->count++) % DEPTH] = slots[i];
	spin_unlock_irqrestore(&records_lock, flags);
	return room;
}

static int deliver(struct mei_device *engine, const u32 *slots, u32 count)
{
	struct sim_hardware *hw;

	if (!engine)
		return -ENODEV;
	hw = hardware_of(engine);
	while (!fill_ring(hw, slots, count)) {
		if (!READ_ONCE(hw->engine_ready))
			return -ENODEV;
		if (wait_event_interruptible(records_wait, !READ_ONCE(hw->engine_ready) ||
					     DEPTH - READ_ONCE(hw->count) >= count))
			return -ERESTARTSYS;
	}
	raise_interrupt(engine);
	return 0;
}

static int become_ready(struct mei_device *engine)
{
	if (!engine || engine->dev_state == MEI_DEV_DISABLED)
		return plug_in(&told);
	WRITE_ONCE(hardware_of(engine)->engine_ready, true);
	raise_interrupt(engine);
	return 0;
}

static int take_record(u32 type, const u32 *data, size_t size)
{
	struct mei_device *engine = plugged_engine();

	switch (type) {
	case RECORD_CONFIG:
		if (size != sizeof(told))
			return -EINVAL;
		memcpy(&told, data, sizeof(told));
		return 0;
	case RECORD_STATUS:
		if (size != sizeof(sim_status))
			return -EINVAL;
		memcpy(sim_status, data, sizeof(sim_status));
		return 0;
	case RECORD_READY:
		return become_ready(engine);
	case RECORD_NOT_READY:
		if (!engine)
			return -ENODEV;
		engine_lost(engine, false);
		return 0;
	case RECORD_MESSAGE:
		return deliver(engine, data, DIV_ROUND_UP(size, sizeof(u32)));
	default:
		return -EINVAL;
	}
}

static ssize_t node_write(struct file *file, const char __user *buffer, size_t size, loff_t *offset)
{
	u32 record[LARGEST / sizeof(u32)] = {};
	int result;

	if (size < sizeof(__le32) || size > sizeof(record))
		return -EMSGSIZE;
	if (copy_from_user(record, buffer, size))
		return -EFAULT;
	result = take_record(le32_to_cpu((__force __le32)record[0]), record + 1,
			     size - sizeof(__le32));
	return result ? result : size;
}

static __poll_t node_poll(struct file *file, poll_table *table)
{
	poll_wait(file, &records_wait, table);
	return EPOLLOUT | EPOLLWRNORM | (records_waiting() ? EPOLLIN | EPOLLRDNORM : 0);
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.open = node_open,
	.release = node_release,
	.read = node_read,
	.write = node_write,
	.poll = node_poll,
	.llseek = no_llseek,
};

struct miscdevice sim_node = {
	.minor = MISC_DYNAMIC_MINOR, .name = "mei-sim", .fops = &operations, .mode = 0600,
};
