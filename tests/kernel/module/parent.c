// SPDX-FileCopyrightText: 2026 The outofband.amt contributors
// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PCI device above the engine: mei.ko's fixup for the watchdog client asks for the ids of a real one. QEMU's
 * pci-testdev lends itself, and shows the ids and the class of an engine from the time that the firmware tells them.
 */
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "mei_sim.h"
#include "client.h"

#define CLASS_COMMUNICATION_OTHER 0x078000

static struct pci_dev *parent;
static struct mei_device *engine;	/* changed by the work on `plugging`, which is ordered */
static struct sim_config config;
static struct workqueue_struct *plugging, *interrupts;

struct mei_device *plugged_engine(void)
{
	return READ_ONCE(engine);
}

void raise_interrupt(struct mei_device *device)
{
	queue_work(interrupts, &hardware_of(device)->interrupt);
}

static void show_ids(struct pci_dev *device)
{
	if (config.vendor)
		device->vendor = le16_to_cpu(config.vendor);
	if (config.device)
		device->device = le16_to_cpu(config.device);
	device->class = CLASS_COMMUNICATION_OTHER;
}

/* Never freed: a descriptor of /dev/mei0 may outlive the device, and mei.ko looks into the struct on its close(). */
static struct mei_device *new_engine(struct pci_dev *device)
{
	struct mei_device *made;

	made = kzalloc(sizeof(*made) + sizeof(struct sim_hardware), GFP_KERNEL);
	if (!made)
		return NULL;
	mei_device_init(made, &device->dev, config.slow, &sim_operations);
	made->fw_f_fw_ver_supported = config.version_in_sysfs;
	INIT_WORK(&hardware_of(made)->interrupt, interrupt_work);
	return made;
}

static void unplug(void)
{
	struct mei_device *old = engine;

	if (!old)
		return;
	WRITE_ONCE(hardware_of(old)->unplugged, true);
	wake_up(&old->wait_hw_ready);
	mei_stop(old);
	mei_deregister(old);
	flush_work(&hardware_of(old)->interrupt);
	WRITE_ONCE(engine, NULL);
	records_flush();
}

/* As the probe of mei_me: start the link, then publish the character device. */
static void plug_in_work(struct work_struct *work)
{
	struct pci_dev *device = READ_ONCE(parent);

	if (engine && engine->dev_state == MEI_DEV_DISABLED)
		unplug();
	if (engine || !device || !firmware_present())
		return;
	show_ids(device);
	WRITE_ONCE(engine, new_engine(device));
	if (!engine)
		return;
	if (mei_start(engine)) {
		dev_err(&device->dev, "mei_sim: mei_start failed\n");
		WRITE_ONCE(engine, NULL);
	} else if (mei_register(engine, &device->dev)) {
		dev_err(&device->dev, "mei_sim: mei_register failed\n");
		mei_stop(engine);
		WRITE_ONCE(engine, NULL);
	}
}
static DECLARE_WORK(plug_in_request, plug_in_work);

static void unplug_work(struct work_struct *work)
{
	unplug();
}
static DECLARE_WORK(unplug_request, unplug_work);

int plug_in(const struct sim_config *told)
{
	if (!parent)
		return -ENODEV;
	config = *told;
	queue_work(plugging, &plug_in_request);
	return 0;
}

/* A firmware that is there already is asked to become ready, as after a reset. */
static int probe(struct pci_dev *device, const struct pci_device_id *id)
{
	if (parent)
		return -EBUSY;
	parent = device;
	return records_push(NULL, RECORD_RESET, NULL, 0, NULL, 0, 0);
}

static void remove(struct pci_dev *device)
{
	struct mei_device *old;

	WRITE_ONCE(parent, NULL);	/* the firmware answers the last reset: too late to plug in */
	old = plugged_engine();
	if (old) {
		WRITE_ONCE(hardware_of(old)->unplugged, true);
		wake_up(&old->wait_hw_ready);
	}
	queue_work(plugging, &unplug_request);
	flush_work(&unplug_request);
}

static int __maybe_unused suspend(struct device *device)
{
	if (engine)
		mei_stop(engine);
	return 0;
}

static void restart_work(struct work_struct *work)
{
	if (engine && mei_restart(engine))
		dev_err(engine->dev, "mei_sim: mei_restart failed\n");
}
static DECLARE_WORK(restart_request, restart_work);

/* Later: the firmware's process may still be frozen. */
static int __maybe_unused resume(struct device *device)
{
	queue_work(plugging, &restart_request);
	return 0;
}
static SIMPLE_DEV_PM_OPS(sleeping, suspend, resume);

/* QEMU's pci-testdev; and the engine that it showed itself as, to be bound again by hand. */
static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_REDHAT, 0x0005) },
	{ .vendor = PCI_VENDOR_ID_INTEL, .device = PCI_ANY_ID, .subvendor = PCI_ANY_ID,
	  .subdevice = PCI_ANY_ID, .class = CLASS_COMMUNICATION_OTHER, .class_mask = ~0 },
	{ }
};

static struct pci_driver driver = {
	.name = "mei_sim", .id_table = ids, .probe = probe, .remove = remove, .driver.pm = &sleeping,
};

static int __init mei_sim_init(void)
{
	int result = -ENOMEM;

	plugging = alloc_ordered_workqueue("mei_sim_plug", 0);
	interrupts = alloc_ordered_workqueue("mei_sim_irq", 0);
	if (!plugging || !interrupts)
		goto no_queues;
	result = misc_register(&sim_node);
	if (result)
		goto no_queues;
	result = pci_register_driver(&driver);
	if (!result)
		return 0;
	misc_deregister(&sim_node);
no_queues:
	if (interrupts)
		destroy_workqueue(interrupts);
	if (plugging)
		destroy_workqueue(plugging);
	return result;
}

static void __exit mei_sim_exit(void)
{
	pci_unregister_driver(&driver);
	misc_deregister(&sim_node);
	destroy_workqueue(plugging);
	destroy_workqueue(interrupts);
	records_flush();
}

module_init(mei_sim_init);
module_exit(mei_sim_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Management engine with its firmware in another process, for tests");
