// SPDX-FileCopyrightText: 2026 The outofband.amt contributors
// SPDX-License-Identifier: GPL-2.0-only
/* The registers and buffers that mei.ko works with, and the work that stands for the interrupt. */
#include "mei_sim.h"
#include "client.h"
#include "hbm.h"

__le32 sim_status[STATUS_REGISTERS];

static bool host_is_ready(struct mei_device *engine)
{
	return hardware_of(engine)->host_ready;
}

static bool engine_is_ready(struct mei_device *engine)
{
	return READ_ONCE(hardware_of(engine)->engine_ready);
}

static int reset(struct mei_device *engine, bool enable)
{
	struct sim_hardware *hw = hardware_of(engine);
	unsigned long flags;

	records_flush();
	spin_lock_irqsave(&records_lock, flags);
	hw->host_ready = false;
	hw->engine_ready = false;
	hw->lost = false;
	hw->filled = 0;
	hw->count = 0;
	spin_unlock_irqrestore(&records_lock, flags);
	engine->recvd_hw_ready = false;
	wake_up_interruptible(&records_wait);
	return records_push(engine, RECORD_RESET, NULL, 0, NULL, 0, 0);
}

/* An engine whose firmware is there answers at once; one that starts anew may take longer. */
static void wait_until_ready(struct mei_device *engine)
{
	struct sim_hardware *hw = hardware_of(engine);

	if (!firmware_present())
		wait_event_timeout(engine->wait_hw_ready,
				   firmware_present() || hw->unplugged, PATIENCE);
	wait_event_timeout(engine->wait_hw_ready, engine->recvd_hw_ready || hw->unplugged,
			   engine->timeouts.hw_ready);
}

static int start(struct mei_device *engine)
{
	mutex_unlock(&engine->device_lock);
	wait_until_ready(engine);
	mutex_lock(&engine->device_lock);
	if (!engine->recvd_hw_ready) {
		dev_err(engine->dev, "mei_sim: the firmware did not become ready\n");
		return -ETIME;
	}
	engine->recvd_hw_ready = false;
	hardware_of(engine)->host_ready = true;
	engine->hbuf_is_ready = true;
	return records_push(engine, RECORD_HOST_READY, NULL, 0, NULL, 0, 0);
}

static int configure(struct mei_device *engine)
{
	return 0;
}

static int read_status(struct mei_device *engine, struct mei_fw_status *status)
{
	int i;

	status->count = STATUS_REGISTERS;
	for (i = 0; i < STATUS_REGISTERS; i++)
		status->status[i] = le32_to_cpu(sim_status[i]);
	return 0;
}

static enum mei_pg_state power_gating(struct mei_device *engine)
{
	return MEI_PG_OFF;
}

static bool never(struct mei_device *engine)
{
	return false;
}

static void nothing(struct mei_device *engine)
{
}

static void synchronize(struct mei_device *engine)
{
	flush_work(&hardware_of(engine)->interrupt);
}

static int free_slots(struct mei_device *engine)
{
	return DEPTH - READ_ONCE(hardware_of(engine)->filled);
}

static bool buffer_is_empty(struct mei_device *engine)
{
	return READ_ONCE(hardware_of(engine)->filled) == 0;
}

static u32 depth(const struct mei_device *engine)
{
	return DEPTH;
}

static int write_message(struct mei_device *engine, const void *header, size_t header_size,
			 const void *data, size_t size)
{
	u32 slots = mei_data2slots(header_size + size);

	if ((int)slots > free_slots(engine))
		return -EMSGSIZE;
	if (records_push(engine, RECORD_MESSAGE, header, header_size, data, size, slots))
		return -ENOMEM;
	return engine_is_ready(engine) ? 0 : -EIO;
}

static int filled_slots(struct mei_device *engine)
{
	return READ_ONCE(hardware_of(engine)->count);
}

static u32 take_slot(struct sim_hardware *hw)
{
	unsigned long flags;
	u32 slot = 0;

	spin_lock_irqsave(&records_lock, flags);
	if (hw->count) {
		slot = hw->ring[hw->first];
		hw->first = (hw->first + 1) % DEPTH;
		hw->count--;
	}
	spin_unlock_irqrestore(&records_lock, flags);
	return slot;
}

static u32 read_header(const struct mei_device *engine)
{
	return take_slot((struct sim_hardware *)engine->hw);
}

static int read_payload(struct mei_device *engine, unsigned char *data, unsigned long size)
{
	while (size) {
		u32 slot = take_slot(hardware_of(engine));
		unsigned long part = min(size, sizeof(slot));

		memcpy(data, &slot, part);
		data += part;
		size -= part;
	}
	wake_up_interruptible(&records_wait);
	return 0;
}

const struct mei_hw_ops sim_operations = {
	.host_is_ready = host_is_ready,
	.hw_is_ready = engine_is_ready,
	.hw_reset = reset,
	.hw_start = start,
	.hw_config = configure,
	.fw_status = read_status,
	.pg_state = power_gating,
	.pg_in_transition = never,
	.pg_is_enabled = never,
	.intr_clear = nothing,
	.intr_enable = nothing,
	.intr_disable = nothing,
	.synchronize_irq = synchronize,
	.hbuf_free_slots = free_slots,
	.hbuf_is_ready = buffer_is_empty,
	.hbuf_depth = depth,
	.write = write_message,
	.rdbuf_full_slots = filled_slots,
	.read_hdr = read_header,
	.read = read_payload,
};

static bool going_down(const struct mei_device *engine)
{
	return engine->dev_state == MEI_DEV_POWERING_DOWN ||
	       engine->dev_state == MEI_DEV_POWER_DOWN;
}

static void engine_went_away(struct mei_device *engine)
{
	dev_warn(engine->dev, "mei_sim: the firmware is not ready, state %d\n", engine->dev_state);
	if (going_down(engine))
		mei_cl_all_disconnect(engine);
	else if (engine->dev_state != MEI_DEV_DISABLED && !hardware_of(engine)->unplugged)
		schedule_work(&engine->reset_work);
}

static void engine_became_ready(struct mei_device *engine)
{
	if (!engine_is_ready(engine))
		return;
	hardware_of(engine)->lost = false;
	engine->recvd_hw_ready = true;
	wake_up(&engine->wait_hw_ready);
}

static int read_all(struct mei_device *engine, struct list_head *completed)
{
	s32 slots = filled_slots(engine);
	int result;

	while (slots > 0) {
		result = mei_irq_read_handler(engine, completed, &slots);
		if (result == -ENODATA)
			break;
		if (result) {
			dev_err(engine->dev, "mei_sim: mei_irq_read_handler: %d\n", result);
			if (engine->dev_state != MEI_DEV_RESETTING &&
			    engine->dev_state != MEI_DEV_DISABLED && !going_down(engine))
				schedule_work(&engine->reset_work);
			return result;
		}
	}
	return 0;
}

/* The same steps as the interrupt thread of mei_me. */
void interrupt_work(struct work_struct *work)
{
	struct sim_hardware *hw = container_of(work, struct sim_hardware, interrupt);
	struct mei_device *engine = container_of((void *)hw, struct mei_device, hw);
	LIST_HEAD(completed);

	mutex_lock(&engine->device_lock);
	if ((hw->lost || !engine_is_ready(engine)) && engine->dev_state != MEI_DEV_RESETTING) {
		engine_went_away(engine);
	} else if (!hw->host_ready) {
		engine_became_ready(engine);
	} else if (!read_all(engine, &completed)) {
		engine->hbuf_is_ready = buffer_is_empty(engine);
		mei_irq_write_handler(engine, &completed);
		engine->hbuf_is_ready = buffer_is_empty(engine);
		mei_irq_compl_handler(engine, &completed);
	}
	mutex_unlock(&engine->device_lock);
}
