/** The failed jobs of the demo data: their ids, and what their errors name. Each test uses another one. */
export const DEAD_JOBS = {
  /** No test changes it. */
  scores: '01939a00-0000-7000-8000-000000000001',
  nora: '01939a00-0000-7000-8000-000000000002',
  omar: '01939a00-0000-7000-8000-000000000003',
  lena: '01939a00-0000-7000-8000-000000000004',
  paul: '01939a00-0000-7000-8000-000000000005',
  ivan: '01939a00-0000-7000-8000-000000000006',
};
