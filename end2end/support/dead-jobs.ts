/** The failed jobs of the demo data. Each test uses another one; no test changes `send_newsletter`. */
export const DEAD_JOBS = {
  refresh_rankings: '01939a00-0000-7000-8000-000000000001',
  send_newsletter: '01939a00-0000-7000-8000-000000000002',
  export_roster: '01939a00-0000-7000-8000-000000000003',
  sync_calendar: '01939a00-0000-7000-8000-000000000004',
  rebuild_index: '01939a00-0000-7000-8000-000000000005',
};
