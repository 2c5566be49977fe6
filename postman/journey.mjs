// The order in which the collection calls the operations, so that each finds what those before it made. Every operation
// of openapi.json has a step.
//
// id       the operationId
// as       who calls it: a bearer token of the collection's variables; without it the request is public
// name     the name of the request, when it is not the summary of the operation
// status   the expected statuses; by default the success that the operation documents
// path     parameters of the path; query and headers likewise. Others are in the request, switched off
// body     replaces fields of the documented example
// save     variables to set: a name and the expression of its value, of `response` (the body)
// until    an expression of `response`: the request is repeated until it is true, for 10 s at most
// tests    further tests: a title and an expression that must be true
// skip     an expression: the request is left out of a run while it is true
const REPLAYED = { 'is replayed': 'pm.response.headers.get("Idempotency-Replayed") === "true"' };
const COMPETITION = { id: '{{competitionId}}' };
const WEBHOOK = { id: '{{webhookId}}' };
const MESSAGE = { ...COMPETITION, messageId: '{{messageId}}' };

const signUp = (role, name) => ({
  id: 'sign_up',
  name: `Sign up as ${role}`,
  body: { name, email: `{{${role}Email}}`, password: '{{password}}', role: role.toUpperCase() },
  save: { [`${role}Token`]: 'response.token', [`${role}RefreshToken`]: 'response.refreshToken' },
});

const register = {
  id: 'register',
  as: 'participant',
  path: COMPETITION,
  headers: { 'Idempotency-Key': '{{run}}-register' },
  body: { answers: [] },
};

export const JOURNEY = {
  Accounts: [
    { id: 'get_health' },
    signUp('organizer', 'Postman Organizer'),
    signUp('participant', 'Postman Participant'),
    {
      id: 'log_in',
      name: 'Log in as admin',
      body: { email: '{{adminEmail}}', password: '{{adminPassword}}' },
      save: { adminToken: 'response.token' },
    },
    { id: 'get_current_user', as: 'participant' },
    { id: 'edit_profile', as: 'participant' },
    {
      id: 'edit_mail_preferences',
      as: 'participant',
      tests: { 'changes one kind': 'response.reminders === "MAILBOX" && response.changes === "MAIL"' },
    },
    { id: 'get_mail_preferences', as: 'participant', tests: { 'has the change': 'response.reminders === "MAILBOX"' } },
    {
      id: 'edit_organizer_notices',
      as: 'organizer',
      tests: { 'changes one notice': 'response.registrations === "AT_ONCE" && response.full === "AT_ONCE"' },
    },
    { id: 'get_organizer_notices', as: 'organizer' },
    { id: 'download_my_data', as: 'organizer', tests: { 'has the account': 'response.account.name !== ""' } },
    {
      id: 'refresh_tokens',
      body: { refreshToken: '{{participantRefreshToken}}' },
      save: { participantToken: 'response.token', participantRefreshToken: 'response.refreshToken' },
    },
  ],
  Competitions: [
    {
      id: 'create_competition',
      as: 'organizer',
      headers: { 'Idempotency-Key': '{{run}}-create' },
      body: { title: 'Postman {{run}}', regDeadline: '2099-11-29T07:10:30.000Z', startDate: null },
      save: { competitionId: 'response.id', competitionVersion: 'response.version' },
    },
    { id: 'get_competition', path: COMPETITION },
    {
      id: 'list_competitions',
      query: { search: '{{run}}' },
      tests: { 'finds the competition': 'response.length === 1' },
    },
    { id: 'list_my_competitions', as: 'organizer' },
    {
      id: 'upload_picture',
      as: 'organizer',
      // A file cannot be part of a collection: choose one as the body of the request.
      skip: 'true',
    },
    { id: 'list_pictures', as: 'organizer', tests: { 'has none': 'response.length === 0' } },
    {
      id: 'edit_competition',
      as: 'organizer',
      path: COMPETITION,
      body: {
        version: '{{competitionVersion}}',
        title: 'Postman {{run}}',
        accessCodes: [{ code: 'EARLY-BIRD', maxUses: 20 }],
      },
    },
    {
      id: 'duplicate_competition',
      as: 'organizer',
      path: COMPETITION,
      headers: { 'Idempotency-Key': '{{run}}-duplicate' },
      tests: { 'is a draft': 'response.visibility === "DRAFT"' },
    },
    { id: 'get_competition_calendar', path: COMPETITION },
    { id: 'get_seats', path: COMPETITION },
    {
      id: 'watch_seats',
      path: COMPETITION,
      // A stream would keep a run waiting for minutes. Send the request by hand, or set `streams` to "on".
      skip: 'pm.environment.get("streams") !== "on"',
    },
  ],
  Registrations: [
    { ...register, save: { registrationId: 'response.id' } },
    {
      ...register,
      name: 'Retry the registration with its key',
      tests: { ...REPLAYED, 'is the same': 'response.id === pm.collectionVariables.get("registrationId")' },
    },
    {
      ...register,
      name: 'Register again without a key',
      headers: {},
      status: [409],
      tests: { 'has its code': 'response.code === "already_registered"' },
    },
    { id: 'list_my_registrations', as: 'participant' },
    { id: 'get_my_registration', as: 'participant', path: { id: '{{registrationId}}' } },
    {
      id: 'edit_my_registration',
      as: 'participant',
      path: { id: '{{registrationId}}' },
      body: { answers: [] },
      tests: { 'has no answers': 'response.answers.length === 0' },
    },
    { id: 'get_registration_calendar', as: 'participant', path: { id: '{{registrationId}}' } },
    { id: 'get_roster', as: 'organizer', path: COMPETITION },
    { id: 'get_roster_csv', as: 'organizer', path: COMPETITION },
    { id: 'get_roster_entry', as: 'organizer', path: { ...COMPETITION, registrationId: '{{registrationId}}' } },
    {
      id: 'edit_roster_entry',
      as: 'organizer',
      path: { ...COMPETITION, registrationId: '{{registrationId}}' },
      body: { answers: [] },
      tests: { 'records nothing without a change': 'response.events.length === 0' },
    },
    {
      id: 'list_access_codes',
      as: 'organizer',
      path: COMPETITION,
      tests: { 'counts the uses': 'response[0].uses === 0' },
    },
    {
      id: 'invite_people',
      as: 'organizer',
      path: COMPETITION,
      body: { emails: ['someone@else.example'] },
      save: { invitationId: 'response.invited[0].id' },
      tests: { 'makes a personal link': 'response.invited[0].link.includes("?code=")' },
    },
    {
      id: 'list_invitations',
      as: 'organizer',
      path: COMPETITION,
      tests: { 'is not accepted': 'response[0].acceptedAt === null' },
    },
    {
      id: 'revoke_invitation',
      as: 'organizer',
      path: { ...COMPETITION, invitationId: '{{invitationId}}' },
    },
    {
      id: 'approve_registrations',
      as: 'organizer',
      path: COMPETITION,
      body: { registrationIds: ['{{registrationId}}'] },
      tests: { 'leaves a registration with a seat as it is': 'response.reviewed[0].status !== "AWAITING_APPROVAL"' },
    },
  ],
  Mailbox: [
    {
      id: 'list_my_mails',
      as: 'participant',
      // The confirmation is sent by a background job.
      until: 'response.length > 0',
      save: { mailId: 'response[0]?.id' },
    },
    { id: 'count_unread_mails', as: 'participant' },
    { id: 'mark_mail_read', as: 'participant', path: { id: '{{mailId}}' } },
  ],
  Messages: [
    {
      id: 'create_message',
      as: 'organizer',
      path: COMPETITION,
      body: { subject: 'Bring a laptop', text: 'Please bring **your own** laptop.', statuses: ['CONFIRMED'] },
      save: { messageId: 'response.id' },
      tests: { 'is a draft': 'response.status === "DRAFT"' },
    },
    { id: 'list_messages', as: 'organizer', path: COMPETITION, tests: { 'lists it': 'response.length === 1' } },
    { id: 'edit_message', as: 'organizer', path: MESSAGE, body: { subject: 'Bring your laptop' } },
    {
      id: 'preview_recipients',
      as: 'organizer',
      path: MESSAGE,
      tests: { 'counts them': 'response.count === 1 && response.samples.length === 1' },
    },
    { id: 'send_test_message', as: 'organizer', path: MESSAGE },
    {
      id: 'send_message',
      as: 'organizer',
      path: MESSAGE,
      body: { version: 2, at: '2029-11-01T09:00:00.000Z' },
      status: [200, 400],
    },
    { id: 'get_message', as: 'organizer', path: MESSAGE },
    { id: 'stop_message', as: 'organizer', path: MESSAGE, status: [200, 409] },
    { id: 'delete_message', as: 'organizer', path: MESSAGE },
  ],
  Webhooks: [
    {
      id: 'create_webhook',
      as: 'organizer',
      save: { webhookId: 'response.id' },
      tests: { 'has a secret': 'response.secret.startsWith("whsec_")' },
    },
    { id: 'list_webhooks', as: 'organizer', tests: { 'has no secret': 'response[0].secret === undefined' } },
    { id: 'get_webhook', as: 'organizer', path: WEBHOOK },
    { id: 'edit_webhook', as: 'organizer', path: WEBHOOK },
    { id: 'rotate_webhook_secret', as: 'organizer', path: WEBHOOK },
    { id: 'send_test_event', as: 'organizer', path: WEBHOOK, save: { deliveryId: 'response.id' } },
    { id: 'list_deliveries', as: 'organizer', path: WEBHOOK },
    { id: 'send_delivery_again', as: 'organizer', path: { id: '{{deliveryId}}' } },
    { id: 'delete_webhook', as: 'organizer', path: WEBHOOK },
  ],
  Roles: [
    {
      id: 'add_role',
      as: 'participant',
      body: { role: 'ORGANIZER' },
      tests: {
        'has both roles': 'response.roles.length === 2',
        'keeps the role of the sign-up': 'response.role === "PARTICIPANT"',
      },
    },
  ],
  'Personal access tokens': [
    {
      id: 'create_personal_token',
      as: 'participant',
      save: { readToken: 'response.token', personalTokenId: 'response.personalToken.id' },
    },
    { id: 'list_personal_tokens', as: 'participant', tests: { 'lists the token': 'response.length === 1' } },
    { id: 'get_personal_token', as: 'participant', path: { id: '{{personalTokenId}}' } },
    { id: 'get_current_user', name: 'Get the current user with the token', as: 'read' },
    {
      id: 'edit_profile',
      name: 'Change the name with a token that may only read',
      as: 'read',
      status: [403],
      tests: { 'has its code': 'response.code === "insufficient_scope"' },
    },
    { id: 'revoke_personal_token', as: 'participant', path: { id: '{{personalTokenId}}' } },
  ],
  'Calendar feed': [
    {
      id: 'renew_calendar_feed',
      as: 'participant',
      tests: { 'has an address': 'response.url.endsWith(".ics")' },
    },
    { id: 'get_calendar_feed', as: 'participant', tests: { 'has no address': 'response.url === undefined' } },
    { id: 'remove_calendar_feed', as: 'participant' },
  ],
  Cancellation: [
    { id: 'cancel_registration', as: 'participant', path: COMPETITION },
    {
      id: 'promote_registrations',
      as: 'organizer',
      path: COMPETITION,
      body: { registrationIds: ['{{registrationId}}'], addSeats: true },
      tests: { 'names the reason': 'response.refused[0].code === "registration_cancelled"' },
    },
    {
      id: 'reject_registrations',
      as: 'organizer',
      path: COMPETITION,
      body: { registrationIds: ['{{registrationId}}'] },
      tests: { 'names the reason': 'response.refused[0].code === "registration_cancelled"' },
    },
    {
      id: 'add_participant',
      as: 'organizer',
      path: COMPETITION,
      body: { email: '{{participantEmail}}', addSeat: false },
      tests: { 'has a seat': 'response.status === "PENDING"' },
    },
    {
      id: 'cancel_competition',
      as: 'organizer',
      path: COMPETITION,
      headers: { 'Idempotency-Key': '{{run}}-cancel' },
      tests: { 'is cancelled': 'response.cancelledAt !== null' },
    },
  ],
  Administration: [
    { id: 'list_queues', as: 'admin' },
    { id: 'get_mail_outcomes', as: 'admin', tests: { 'counts what waits': 'response.waiting >= 0' } },
    { id: 'list_failed_jobs', as: 'admin', save: { firstJob: 'response[0]?.id', secondJob: 'response[1]?.id' } },
    // An installation without demo data may have no dead letters.
    { id: 'retry_failed_job', as: 'admin', path: { id: '{{firstJob}}' }, status: [204, 404] },
    { id: 'discard_failed_job', as: 'admin', path: { id: '{{secondJob}}' }, status: [204, 404] },
    { id: 'retry_all_failed_jobs', as: 'admin' },
  ],
  Departure: [
    {
      id: 'change_password',
      as: 'participant',
      body: { currentPassword: '{{password}}', newPassword: '{{password}} 2' },
      save: { participantToken: 'response.token', participantRefreshToken: 'response.refreshToken' },
    },
    { id: 'get_email', as: 'participant' },
    { id: 'change_email', as: 'participant', body: { email: '{{participantEmail}}', password: '{{password}} 2' } },
    { id: 'send_email_verification', as: 'participant', status: [202, 409] },
    // The code and the token are in a mail only.
    { id: 'verify_email_by_code', as: 'participant', body: { code: '042817' }, status: [200, 400] },
    { id: 'verify_email_by_link', status: [400] },
    { id: 'request_password_reset', body: { email: '{{participantEmail}}' } },
    // The token is in a mail only.
    { id: 'confirm_password_reset', status: [400] },
    { id: 'log_out', body: { refreshToken: '{{organizerRefreshToken}}' } },
    { id: 'delete_account', as: 'participant', body: { password: '{{password}} 2' } },
    { id: 'delete_account', name: 'Delete the organizer', as: 'organizer', body: { password: '{{password}}' } },
  ],
};
