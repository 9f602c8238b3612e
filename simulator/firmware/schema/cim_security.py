# SPDX-FileCopyrightText: 2026 The outofband.amt contributors
# SPDX-License-Identifier: BSD-2-Clause
"""CIM classes of accounts, credentials, roles, policies, indications and identities. Facts: Intel's published MOF."""

from __future__ import annotations

from .row import define, method

ROWS = (
    define(
        "CIM_Account",
        "CIM_EnabledLogicalElement",
        text="SystemCreationClassName SystemName CreationClassName UserID OtherUserPasswordEncryptionAlgorithm",
        texts="ObjectClass Descriptions Host LocalityName OrganizationName OU SeeAlso",
        u16="UserPasswordEncryptionAlgorithm MaximumSuccessiveLoginFailures PasswordHistoryDepth",
        u16s="ComplexPasswordRulesEnforced",
        u32="UserPasswordEncoding",
        when="InactivityTimeout LastLogin PasswordExpiration",
        hexadecimal="UserCertificate UserPassword",
        keys="SystemCreationClassName SystemName CreationClassName Name",
        required="OrganizationName",
    ),
    define(
        "CIM_AccountManagementCapabilities",
        "CIM_EnabledLogicalElementCapabilities",
        text="UserPasswordEncryptionSalt",
        texts="OtherSupportedUserPasswordEncryptionAlgorithms",
        u16="MaximumAccountsSupported",
        u16s="OperationsSupported SupportedUserPasswordEncryptionAlgorithms",
    ),
    define(
        "CIM_AccountManagementService",
        "CIM_SecurityService",
        methods=(
            method("CreateAccount", ref="System!", embedded="AccountTemplate:CIM_Account!", out="Account Identities"),
        ),
    ),
    define(
        "CIM_AlertIndication",
        "CIM_ProcessIndication",
        text=(
            "Description AlertingManagedElement OtherAlertingElementFormat OtherAlertType "
            "ProbableCauseDescription EventID SystemCreationClassName SystemName ProviderName Message "
            "MessageID OwningEntity"
        ),
        texts="RecommendedActions MessageArguments",
        u16="AlertingElementFormat AlertType ProbableCause Trending",
        when="EventTime",
        required="AlertType PerceivedSeverity ProbableCause",
    ),
    define("CIM_AuthenticationService", "CIM_SecurityService"),
    define("CIM_AuthorizationService", "CIM_SecurityService"),
    define("CIM_AuthorizedPrivilege", "CIM_Privilege"),
    define("CIM_Credential", "CIM_ManagedElement", when="Issued Expires"),
    define("CIM_CredentialManagementService", "CIM_AuthenticationService"),
    define("CIM_FilterCollection", "CIM_Collection", text="CollectionName", keys="InstanceID"),
    define("CIM_Identity", "CIM_ManagedElement", flag="CurrentlyAuthenticated", keys="InstanceID"),
    define(
        "CIM_Indication",
        text="IndicationIdentifier OtherSeverity IndicationFilterName SequenceContext",
        texts="CorrelatedIndications",
        u16="PerceivedSeverity",
        s64="SequenceNumber",
        when="IndicationTime",
    ),
    define(
        "CIM_IndicationService",
        "CIM_Service",
        flag="FilterCreationEnabled",
        u16="DeliveryRetryAttempts SubscriptionRemovalAction",
        u32="DeliveryRetryInterval SubscriptionRemovalTimeInterval",
    ),
    define(
        "CIM_ListenerDestination",
        "CIM_ManagedElement",
        text=(
            "SystemCreationClassName SystemName CreationClassName Name OtherPersistenceType Destination OtherProtocol"
        ),
        u16="PersistenceType Protocol",
        keys="SystemCreationClassName SystemName CreationClassName Name",
    ),
    define(
        "CIM_ListenerDestinationWSManagement",
        "CIM_ListenerDestination",
        text="DestinationEndTo Locale ContentEncoding DeliveryAuth",
        flag="SendBookmark",
        u16="DeliveryMode PolyMorphismMode",
        u64="Heartbeat MaxTime",
        required="Destination",
    ),
    define("CIM_Policy", "CIM_ManagedElement", text="CommonName", texts="PolicyKeywords"),
    define(
        "CIM_PolicyAction",
        "CIM_Policy",
        text=(
            "SystemCreationClassName SystemName PolicyRuleCreationClassName PolicyRuleName CreationClassName "
            "PolicyActionName"
        ),
        flag="DoActionLogging",
        keys=(
            "SystemCreationClassName SystemName PolicyRuleCreationClassName PolicyRuleName CreationClassName "
            "PolicyActionName"
        ),
    ),
    define(
        "CIM_PolicyCondition",
        "CIM_Policy",
        text=(
            "SystemCreationClassName SystemName PolicyRuleCreationClassName PolicyRuleName CreationClassName "
            "PolicyConditionName"
        ),
        keys=(
            "SystemCreationClassName SystemName PolicyRuleCreationClassName PolicyRuleName CreationClassName "
            "PolicyConditionName"
        ),
    ),
    define(
        "CIM_PolicyRule",
        "CIM_PolicySet",
        text="SystemCreationClassName SystemName CreationClassName PolicyRuleName RuleUsage",
        flag="Mandatory",
        u16="ConditionListType Priority SequencedActions ExecutionStrategy",
        keys="SystemCreationClassName SystemName CreationClassName PolicyRuleName",
    ),
    define("CIM_PolicySet", "CIM_Policy", texts="PolicyRoles", u16="PolicyDecisionStrategy Enabled"),
    define(
        "CIM_Privilege",
        "CIM_ManagedElement",
        texts="ActivityQualifiers",
        flag="PrivilegeGranted RepresentsAuthorizationRights",
        u16s="Activities QualifierFormats",
        keys="InstanceID",
    ),
    define(
        "CIM_PrivilegeManagementCapabilities",
        "CIM_Capabilities",
        texts="ActivityQualifiersSupported",
        flag="SharedPrivilegeSupported",
        u16s="ActivitiesSupported QualifierFormatsSupported SupportedMethods",
    ),
    define(
        "CIM_PrivilegeManagementService",
        "CIM_AuthorizationService",
        methods=(
            method(
                "AssignAccess",
                texts="ActivityQualifiers",
                flag="PrivilegeGranted",
                u16s="Activities QualifierFormats",
                ref="Subject! Target! Privilege",
                out="Privilege",
            ),
            method("RemoveAccess", ref="Subject Privilege Target"),
            method("ShowAccess", ref="Subject Target", out="OutSubjects OutTargets Privileges"),
        ),
    ),
    define("CIM_ProcessIndication", "CIM_Indication"),
    define(
        "CIM_RegisteredProfile",
        "CIM_ManagedElement",
        text="OtherRegisteredOrganization RegisteredName RegisteredVersion",
        texts="AdvertiseTypeDescriptions ImplementedFeatures",
        u16="RegisteredOrganization",
        u16s="AdvertiseTypes",
        keys="InstanceID",
        required="RegisteredOrganization RegisteredName RegisteredVersion AdvertiseTypes",
    ),
    define("CIM_RemoteIdentity", "CIM_Identity", text="OtherNameFormat", u16="NameFormat", octets="Name"),
    define(
        "CIM_Role",
        "CIM_Collection",
        text="CreationClassName Name BusinessCategory CommonName",
        u16s="RoleCharacteristics",
        keys="CreationClassName Name",
        required="CommonName",
    ),
    define("CIM_RoleBasedAuthorizationService", "CIM_PrivilegeManagementService"),
    define("CIM_RoleBasedManagementCapabilities", "CIM_PrivilegeManagementCapabilities"),
    define("CIM_SecurityService", "CIM_Service"),
    define("CIM_SharedCredential", "CIM_Credential", text="RemoteID Secret Algorithm Protocol", keys="InstanceID"),
)
