int main(void) = 1;
